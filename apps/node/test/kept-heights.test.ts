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
  await until(
    () => `the node: ${node.stderr()}`,
    async () => ((await height()) >= 1n ? true : undefined),
  );
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

describe('the stream of blocks', () => {
  /** Messages of /events, as they come. */
  const read = async (
    path: string,
    count: number,
  ): Promise<readonly { readonly id: bigint; readonly height: string }[]> => {
    const stop = new AbortController();
    const response = await fetch(`${url}${path}`, { signal: stop.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const messages: { readonly id: bigint; readonly height: string }[] = [];
    let text = '';
    for await (const piece of (response.body ?? expect.fail('a body')).pipeThrough(new TextDecoderStream())) {
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const message = /^id: (\d+)\nevent: block\ndata: (.*)$/.exec(text.slice(0, end));
        text = text.slice(end + 2);
        if (message === null) continue;
        const { height: of } = JSON.parse(message[2] ?? '') as { readonly height: string };
        messages.push({ id: BigInt(message[1] ?? ''), height: of });
      }
      if (messages.length >= count) break;
    }
    stop.abort();
    return messages.slice(0, count);
  };

  test('tells what was and what comes, each block once, as its results say', async () => {
    const from = (await height()) - 2n;
    const messages = await read(`/events?from=${String(from)}`, 5);
    expect(messages.map(({ id }) => id)).toEqual([0n, 1n, 2n, 3n, 4n].map((n) => from + n));
    expect(messages.map(({ height: of }) => BigInt(of))).toEqual(messages.map(({ id }) => id));
    const coming = await read('/events', 1);
    expect(coming[0]?.id).toBeGreaterThanOrEqual(from + 4n);
  });

  test('begins where it can only', async () => {
    const last = await height();
    expect((await ask(`/events?from=${String(last + 100n)}`)).text).toMatch(/HeightNotKept.*they can with blocks 1 to/);
    expect((await ask('/events?from=0')).text).toContain('HeightNotKept');
    expect((await ask('/events?from=x')).text).toContain('BadHeight');
    expect((await fetch(`${url}/events`, { method: 'HEAD' })).status).toBe(405);
    expect((await ask('/metrics')).text).toMatch(/zhtp_event_readers\{state="droppedSlow"\} 0/);
  });
});
