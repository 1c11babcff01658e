import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, freePort, getJson, newFolder, refused, start, succeed, until, type Program } from './support/cli.ts';

const NODES = [0, 1, 2, 3];
const TRANSFER = 2_500_000n;
const IDLE_MEMORY_BYTES_MAX = 250 * 1024 * 1024;

interface BlockJson {
  readonly height: string;
  readonly blockId: string;
  readonly signers: readonly string[] | null;
}
interface StatusJson {
  readonly height: string;
  readonly validator: string;
  readonly memoryBytes: string;
  readonly peers: number;
}

let folder: string;
let basePort: number;
let devnet: Program;

const api = (node: number): string => `http://127.0.0.1:${String(basePort + 2 * node + 1)}`;
const status = async (node: number): Promise<StatusJson | undefined> =>
  (await getJson(`${api(node)}/status`)) as StatusJson | undefined;
const block = async (node: number, height: bigint): Promise<BlockJson | undefined> =>
  (await getJson(`${api(node)}/blocks/${height.toString()}`)) as BlockJson | undefined;
const heightOf = async (node: number): Promise<bigint> => BigInt((await status(node))?.height ?? '0');

const untilHeight = (node: number, height: bigint): Promise<bigint> =>
  until(
    () => `node${String(node)} at height ${height.toString()}\n${devnet.stdout()}${devnet.stderr()}`,
    async () => {
      const now = await heightOf(node);
      return now >= height ? now : undefined;
    },
  );
const allAt = (height: bigint): Promise<unknown> => Promise.all(NODES.map((node) => untilHeight(node, height)));

/** Block ids from 1 to a height, as one node has them. */
const idsUpTo = async (node: number, height: bigint): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let h = 1n; h <= height; h++) ids.push((await block(node, h))?.blockId ?? 'missing');
  return ids;
};

/** The process of a node that the devnet reported last. */
const pidOf = (node: number): number => {
  const lines = [...devnet.stdout().matchAll(new RegExp(`^node${String(node)} runs as process ([0-9]+)`, 'gm'))];
  return Number(lines.at(-1)?.[1]);
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const untilGone = (pids: readonly number[]): Promise<true> =>
  until(`processes ${pids.join(', ')} gone`, () => (pids.some(isAlive) ? undefined : true));

const startDevnet = (): Program =>
  start(['devnet', '--home', folder, '--base-port', String(basePort), '--validators', '4']);
const accountBalance = async (node: number, identity: string): Promise<bigint> => {
  const account = (await getJson(`${api(node)}/accounts/${identity}`)) as { readonly balance: string } | undefined;
  return BigInt(account?.balance ?? '0');
};

beforeAll(async () => {
  folder = join(await newFolder(), 'devnet');
  basePort = await freePort();
  const asked = Date.now();
  devnet = startDevnet();
  const firstBlock = await until('the first block', () =>
    devnet.stdout().includes('\nblock 1 ') ? Date.now() : undefined,
  );
  basePort = Number(/--node http:\/\/127\.0\.0\.1:([0-9]+)/.exec(devnet.stdout())?.[1]) - 1;
  process.stdout.write(`first block ${((firstBlock - asked) / 1_000).toFixed(1)} s after the start of the program\n`);
}, 60_000);
afterAll(async () => {
  devnet.child.kill('SIGTERM');
  await devnet.ended;
  await cleanUp();
}, 30_000);

describe('four validators, each a process', () => {
  test('agree on every block', async () => {
    await allAt(3n);
    const [first, ...others] = await Promise.all(NODES.map((node) => idsUpTo(node, 3n)));
    expect(first).toHaveLength(3);
    for (const ids of others) expect(ids).toEqual(first);
  }, 60_000);

  test('have one supervisor: a second on the same folder is refused and changes nothing', async () => {
    const config = join(folder, 'node0', 'config.json');
    const before = await readFile(config, 'utf8');
    expect(await refused(['devnet', '--home', folder])).toContain(`is in use by process ${String(devnet.child.pid)}`);
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  test('include a signed transfer; every node shows the new balances', async () => {
    const keyFile = (name: string): string => join(folder, 'accounts', `${name}.json`);
    const identity = async (name: string): Promise<string> =>
      (JSON.parse(await succeed('keys', 'show', keyFile(name), '--json')) as { readonly identity: string }).identity;
    const [alice, bob] = [await identity('alice'), await identity('bob')];
    const before = await accountBalance(0, bob);
    const sent = JSON.parse(
      await succeed(
        'tx',
        'send',
        '--from',
        keyFile('alice'),
        '--to',
        bob,
        '--amount',
        '2.5',
        '--wait',
        '--json',
        '--node',
        api(1),
      ),
    ) as { readonly id: string; readonly height: string; readonly applied: boolean };
    expect(sent.applied).toBe(true);
    await allAt(BigInt(sent.height));
    for (const node of NODES) {
      expect(await accountBalance(node, bob)).toBe(before + TRANSFER);
      expect(await accountBalance(node, alice)).toBeLessThan(before - TRANSFER);
    }
    expect(await succeed('query', 'tx', sent.id, '--node', api(2))).toContain('2.5 ZHTP to');
  }, 60_000);

  test('stay small while idle', async () => {
    const sizes = await Promise.all(NODES.map(async (node) => Number((await status(node))?.memoryBytes)));
    process.stdout.write(
      `memory per validator: ${sizes.map((bytes) => `${String(Math.round(bytes / 1_048_576))} MiB`).join(', ')}\n`,
    );
    for (const bytes of sizes) expect(bytes).toBeLessThan(IDLE_MEMORY_BYTES_MAX);
  });

  test('go on without one that was killed, which comes back, catches up and votes again', async () => {
    const killed = pidOf(2);
    const identity = (await status(2))?.validator ?? '';
    const before = await heightOf(0);
    process.kill(killed, 'SIGKILL');
    await untilGone([killed]);
    await Promise.all([0, 1, 3].map((node) => untilHeight(node, before + 2n)));
    const back = await untilHeight(2, before + 2n);
    await until('its signature in a certificate of a height after its return', async () => {
      const head = await heightOf(0);
      for (let height = back + 1n; height <= head; height++)
        if ((await block(0, height))?.signers?.includes(identity) === true) return height;
      return undefined;
    });
    expect(await idsUpTo(2, before + 2n)).toEqual(await idsUpTo(0, before + 2n));
  }, 90_000);

  test('killed all at once, continue with the same blocks', async () => {
    const before = await untilHeight(0, 1n);
    const ids = await idsUpTo(0, before);
    const pids = NODES.map(pidOf);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await untilGone(pids);
    await allAt(before + 2n);
    for (const node of NODES) expect(await idsUpTo(node, before)).toEqual(ids);
  }, 90_000);

  test('end when the program that supervises them is killed; another start goes on with their chain', async () => {
    const before = await untilHeight(0, 1n);
    const ids = await idsUpTo(0, before);
    const pids = NODES.map(pidOf);
    devnet.child.kill('SIGKILL');
    await untilGone(pids);
    devnet = startDevnet();
    await until('the chain goes on', () => (/\nblock [0-9]+ /.test(devnet.stdout()) ? true : undefined));
    await allAt(before + 1n);
    expect(devnet.stdout()).toContain('Continuing chain');
    expect(await idsUpTo(3, before)).toEqual(ids);
  }, 90_000);

  test('stop with their supervisor, cleanly', async () => {
    const pids = NODES.map(pidOf);
    devnet.child.kill('SIGINT');
    expect(await devnet.ended).toEqual({ code: 0, signal: null });
    await untilGone(pids);
    const log = await readFile(join(folder, 'node1', 'data', 'node.log'), 'utf8');
    expect(log.trimEnd().split('\n').at(-1)).toContain('"msg":"stopped"');
  }, 30_000);
});
