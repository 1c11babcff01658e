import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, freePort, getJson, newFolder, reconfigure, refused, start, succeed, until } from './support/cli.ts';

afterAll(cleanUp);

test('a network of the permissioned preset runs, lets in whom its genesis names, and says to others why not', async () => {
  const net = join(await newFolder(), 'net');
  await succeed('testnet', '--preset', 'permissioned', '--validators', '1', '--allow', 'alice', '--output', net);
  const apiPort = await freePort();
  const url = `http://127.0.0.1:${String(apiPort)}`;
  const home = join(net, 'node0');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  const node = start(['start', '--home', home, '--log-file', join(net, 'log')]);
  await until(
    () => `a first block: ${node.stderr()}`,
    () => getJson(`${url}/blocks/1`),
  );

  const register = (name: string): readonly string[] => {
    const key = join(net, 'accounts', `${name}.json`);
    return ['tx', 'register-validator', '--node', url, '--from', key, '--consensus-key', key, '--stake', '10'];
  };
  expect(await refused(register('bob'))).toMatch(/would refuse this: validator [0-9a-f]{64} is not on the allow-list/);
  const dry = JSON.parse(await succeed(...register('alice'), '--dry-run')) as object;
  expect(dry).toMatchObject({ applies: true, refusal: null });
  const { allowList } = JSON.parse(await succeed('query', 'parameters', '--node', url, '--json')) as {
    readonly allowList: readonly string[];
  };
  const identityOf = async (path: string): Promise<string> =>
    (JSON.parse(await succeed('keys', 'show', path, '--json')) as { readonly identity: string }).identity;
  const listed = [await identityOf(home), await identityOf(join(net, 'accounts', 'alice.json'))];
  expect(allowList).toEqual(listed.sort());
}, 60_000);

test('an allow-list that cannot be is refused before a network is written', async () => {
  const net = join(await newFolder(), 'net');
  const permissioned = ['testnet', '--preset', 'permissioned', '--output', net];
  expect(await refused([...permissioned, '--consensus-type', 'ProofOfStake'])).toMatch(
    /appState\.allowList: .*consensusType is ProofOfStake.*leave the list out/,
  );
  expect(await refused([...permissioned, '--allow', 'nobody'])).toMatch(/--allow: "nobody" is no identity/);
}, 60_000);
