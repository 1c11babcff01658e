import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  freePort,
  getJson,
  newFolder,
  reconfigure,
  refused,
  start,
  succeed,
  until,
  type Program,
} from './support/cli.ts';

let url: string;
let accounts: string;
let home: string;
let logFile: string;
let node: Program;

const keyFile = (name: string): string => join(accounts, `${name}.json`);
const height = async (): Promise<bigint> =>
  BigInt(((await getJson(`${url}/status`)) as { readonly height: string } | undefined)?.height ?? '-1');
const startNode = async (): Promise<void> => {
  node = start(['start', '--home', home, '--log-file', logFile]);
  await until(`the node: ${node.stderr()}`, async () => ((await height()) >= 1n ? true : undefined));
};
const ask = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, text: await response.text() };
};
const balanceAt = async (name: string, at: bigint): Promise<string> =>
  (
    JSON.parse(await succeed('query', 'account', keyFile(name), '--height', String(at), '--json', '--node', url)) as {
      readonly balance: string;
    }
  ).balance;

interface Sent {
  readonly id: string;
  readonly height: string;
}
const send = async (amount: string): Promise<Sent> =>
  JSON.parse(
    await succeed(
      'tx',
      'send',
      '--from',
      keyFile('alice'),
      '--to',
      keyFile('bob'),
      '--amount',
      amount,
      '--wait',
      '--json',
      '--node',
      url,
    ),
  ) as Sent;

beforeAll(async () => {
  const folder = join(await newFolder(), 'net');
  await succeed('testnet', '--validators', '1', '--output', folder, '--balance', '100');
  const apiPort = await freePort();
  url = `http://127.0.0.1:${String(apiPort)}`;
  accounts = join(folder, 'accounts');
  home = join(folder, 'node0');
  logFile = join(folder, 'log');
  await reconfigure(home, { apiPort, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
  await startNode();
}, 60_000);
afterAll(cleanUp);

describe('a node that was killed and started again', () => {
  test('answers for the heights before as it did, and says what their blocks did', async () => {
    const first = await send('1.5');
    const second = await send('2');
    const [before, between, after] = [BigInt(first.height) - 1n, BigInt(first.height), BigInt(second.height)];
    const balances = async (): Promise<readonly string[]> =>
      Promise.all([before, between, after].map((at) => balanceAt('bob', at)));
    expect(await balances()).toEqual(['100000000', '101500000', '103500000']);
    const supply = await ask(`/supply?height=${String(between)}`);
    const results = await ask(`/blocks/${first.height}/results`);
    const text = await succeed('query', 'block', first.height, '--results', '--node', url);
    expect(text).toMatch(new RegExp(`${first.id} +applied, fee `));
    expect(text).toMatch(/RewardsDistributed +rewards of block \d+: [\d.]+ ZHTP to 1 validators/);

    node.child.kill('SIGKILL');
    await node.ended;
    await startNode();

    expect(await balances()).toEqual(['100000000', '101500000', '103500000']);
    expect(await ask(`/supply?height=${String(between)}`)).toEqual(supply);
    expect(await ask(`/blocks/${first.height}/results`)).toEqual(results);
    expect(await readFile(logFile, 'utf8')).toMatch(/"event":"RewardsDistributed","msg":"rewards of block/);
  }, 90_000);
});

describe('a height that cannot be answered for', () => {
  test('is refused with those that can', async () => {
    const later = (await height()) + 1_000n;
    const future = await ask(`/supply?height=${String(later)}`);
    expect(future.status).toBe(404);
    expect(JSON.parse(future.text)).toMatchObject({ error: 'HeightNotKept' });
    expect(future.text).toMatch(/no state after height \d+ yet: the last block is \d+/);
    expect(await refused(['query', 'account', keyFile('bob'), '--height', String(later), '--node', url])).toMatch(
      /the last block is \d+; ask for one that is/,
    );
    expect(await refused(['query', 'supply', '--height', '-1', '--node', url])).toMatch(
      /--height is "-1"; give the number/,
    );
    for (const query of ['height=x', 'height=', 'height=1&height=2', 'height=01', 'height=99999999999999999999'])
      expect(await ask(`/accounts/${'ab'.repeat(32)}?${query}`)).toMatchObject({
        status: 400,
        text: expect.stringContaining('BadHeight') as string,
      });
  });

  test('of a block that is not there has no results', async () => {
    expect((await ask('/blocks/999999999/results')).text).toContain('UnknownBlock');
    expect((await ask('/blocks/x/results')).text).toContain('BadHeight');
    expect((await ask('/blocks/latest/results')).status).toBe(200);
  });
});
