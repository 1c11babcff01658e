import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HOSTED_KEY_BYTES_MAX } from '@zhtp/ledger';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';

afterAll(cleanUp);

/** An application as somebody writes it who has none of our packages at hand. */
const MODULE = `export const application = {
  name: 'board/1',
  call: (state, payload) => {
    const [key, value] = new TextDecoder().decode(payload).split('=');
    if (value === undefined) return 'a call is key=value';
    state.set(key, new TextEncoder().encode(value));
    return undefined;
  },
};
`;

const moduleOf = async (name: string, source: string): Promise<string> => {
  const path = join(await newFolder(), name);
  await writeFile(path, source);
  return path;
};

test('a chain hosts an application of its user’s own: a node without it refuses to start, and calls of it are applied, refused and read', async () => {
  const application = await moduleOf('board.mjs', MODULE);
  const net = join(await newFolder(), 'net');
  await succeed('testnet', '--validators', '1', '--application', application, '--output', net);
  const apiPort = await freePort();
  const url = `http://127.0.0.1:${String(apiPort)}`;
  const home = join(net, 'node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });

  const log = ['--log-file', join(net, 'log')];
  expect(await refused(['start', '--home', home, ...log])).toMatch(
    /the chain hosts the application "board\/1", this node has none/,
  );
  const other = await moduleOf('other.mjs', MODULE.replace('board/1', 'board/2'));
  expect(await refused(['start', '--home', home, '--application', other, ...log])).toMatch(/this node has "board\/2"/);

  const node = start(['start', '--home', home, '--application', application, ...log]);
  await until(
    () => `a first block: ${node.stderr()}`,
    () => getJson(`${url}/blocks/1`),
  );
  const call = (text: string, ...more: readonly string[]): readonly string[] => {
    const from = join(net, 'accounts', 'alice.json');
    return ['tx', 'call', '--node', url, '--from', from, '--text', text, ...more];
  };
  const entry = (key: string): Promise<string> => succeed('query', 'entry', key, '--node', url);
  expect(await entry('colour/1')).toMatch(/value +nothing/);
  expect(await succeed(...call('colour/1=grün', '--wait'))).toMatch(/\nin block [0-9]+\n/);
  expect(await entry('colour/1')).toMatch(/value +"grün"/);
  expect(await getJson(`${url}/application/${encodeURIComponent('colour/1')}`)).toEqual({
    key: 'colour/1',
    value: '6772c3bc6e',
  });
  // The longest key, of the characters that a path spells with the most of its own.
  const longest = 'ß'.repeat(HOSTED_KEY_BYTES_MAX / 2);
  await succeed(...call(`${longest}=1`, '--wait'));
  expect(await entry(longest)).toMatch(/value +"1"/);
  expect(await refused(['query', 'entry', `${longest}a`, '--node', url])).toMatch(
    /the key has 1025 bytes, no entry has more than 1024/,
  );
  expect(await refused(call('colour'))).toMatch(/would refuse this: board\/1: a call is key=value; nothing was sent/);
  const forced = call('colour', '--no-check', '--wait');
  expect(await refused(forced)).toMatch(/but failed: .*board\/1: a call is key=value; its fee was paid/);
}, 90_000);

test('a file that is no application is refused before anything is written', async () => {
  const net = join(await newFolder(), 'net');
  const made = (application: string): readonly string[] => {
    return ['testnet', '--validators', '1', '--output', net, '--application', application];
  };
  expect(await refused(made(join(net, 'none.mjs')))).toMatch(
    /loading the application: .*none\.mjs does not exist; check the path/,
  );
  for (const source of ['export const other = 1;', 'export const application = { name: 1 };', 'export const = ;'])
    expect(await refused(made(await moduleOf('wrong.mjs', source)))).toMatch(/wrong\.mjs/);
}, 60_000);
