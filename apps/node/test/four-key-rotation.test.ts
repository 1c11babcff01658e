import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endNetwork, startNetworkIn, type ChainNetwork } from './support/chain-network.ts';
import { freePort, getJson, newFolder, succeed, until } from './support/cli.ts';

interface SetJson {
  readonly validators: readonly { readonly identity: string; readonly consensusKey: string }[];
}
interface BlockJson {
  readonly time: string;
  readonly certificate: { readonly signatures: readonly string[] };
  readonly block: { readonly evidence: readonly object[] };
}
interface StatusJson {
  readonly height: string;
}

/** Four validators, so that three decide without the fourth. */
const QUORUM = 3;
/** Far above a block time and some rounds on a busy machine. */
const STALL_MS = 20_000;
const TEST_MS = 150_000;

let net: ChainNetwork;
let home: string;
let identity: string;
let ownUrl: string;

const keyOf = (name: string): string => join(home, 'keys', `${name}.json`);
const publicKey = async (path: string): Promise<string> =>
  (JSON.parse(await succeed('keys', 'show', path, '--json')) as { readonly publicKey: string }).publicKey;
/** The key that the set of the next height names for the validator. */
const acting = async (): Promise<string | undefined> =>
  (await net.get<SetJson>('/validators')).validators.find((each) => each.identity === identity)?.consensusKey;
const signedAfter = (from: bigint) =>
  net.untilBlock('a certificate with its signature', from, ({ signers }) => signers?.includes(identity) === true);
const proposedAfter = (from: bigint) =>
  net.untilBlock('a block of its own', from, ({ proposer }) => proposer === identity);
/** Ends its process without a word; the supervisor starts it again after three seconds. */
const kill = async (whileDown: () => Promise<void> = async () => undefined): Promise<void> => {
  const pids = [...net.log().matchAll(/node3 runs as process ([0-9]+)/g)];
  process.kill(Number(pids.at(-1)?.[1]), 'SIGKILL');
  await until('its end', async () => ((await getJson(`${ownUrl}/status`)) === undefined ? true : undefined));
  await whileDown();
  await until(
    () => `its return\n${net.log()}`,
    async () => (await getJson(`${ownUrl}/status`)) as StatusJson | undefined,
  );
};

/** A window of liveness that two restarts fit into: the preset's of ten blocks jails who is away for six seconds. */
const makeNetwork = async (): Promise<string> => {
  const folder = join(await newFolder(), 'net');
  const kind = ['--preset', 'development', '--consensus-type', 'ByzantineFaultTolerance', '--accounts', '0'];
  await succeed('testnet', ...kind, '--base-port', String(await freePort()), '--output', folder);
  const genesis = (await readFile(join(folder, 'genesis.json'), 'utf8')).replace(
    /("name": "signedBlocksWindow",\s+"value": ")10"/,
    '$1100"',
  );
  expect(genesis).toMatch(/"signedBlocksWindow",\s+"value": "100"/);
  for (const part of ['.', 'node0', 'node1', 'node2', 'node3'])
    await writeFile(join(folder, part, 'genesis.json'), genesis);
  return folder;
};

beforeAll(async () => {
  net = await startNetworkIn(await makeNetwork());
  home = join(net.folder, 'node3');
  identity = await net.identityOf(home);
  ownUrl = `http://127.0.0.1:${String(Number(new URL(net.url).port) + 6)}`;
}, 90_000);
afterAll(() => endNetwork(net), 60_000);

test(
  'one of four validators changes its key while it runs, and signs with the new one alone after a restart',
  async () => {
    const oldKey = await publicKey(keyOf('consensus'));
    const started = await net.height();
    const passphrase = join(home, 'keys', 'passphrase');
    const made = join(net.folder, 'made.json');
    await succeed('keys', 'new', '--development', '--passphrase-file', passphrase, '--output', made);
    const newKey = await publicKey(made);
    const rotation = ['rotate-key', '--from', home, '--consensus-key', made, '--consensus-passphrase-file', passphrase];
    await net.tx(...rotation);
    // The node was not stopped: it finds the file of the key that the chain has named by now.
    await rename(made, keyOf('consensus-next'));
    await until('a set with the new key', async () => ((await acting()) === newKey ? true : undefined));
    const changed = await net.height();
    await signedAfter(changed + 2n);
    await proposedAfter(changed + 2n);

    // Killed with both keys at hand, and again to come back with the new one in the place of the old.
    await kill();
    await signedAfter((await net.height()) + 1n);
    await kill(async () => {
      await rename(keyOf('consensus'), join(net.folder, 'given-up.json'));
      await rename(keyOf('consensus-next'), keyOf('consensus'));
    });
    const back = await signedAfter((await net.height()) + 1n);

    expect(await acting()).toBe(newKey);
    expect(newKey).not.toBe(oldKey);
    const last = BigInt(back.height);
    let before = await net.get<BlockJson>(`/blocks/${started.toString()}`);
    for (let height = started + 1n; height <= last; height += 1n) {
      const block = await net.get<BlockJson>(`/blocks/${height.toString()}`);
      expect(block.certificate.signatures.length).toBeGreaterThanOrEqual(QUORUM);
      expect(block.block.evidence).toEqual([]);
      expect(Number(BigInt(block.time) - BigInt(before.time))).toBeLessThan(STALL_MS);
      before = block;
    }
    expect(await net.get('/offences')).toMatchObject({ offences: [] });
    expect(await net.validator(identity)).toMatchObject({ status: 'Active', slashCount: 0, isInSet: true });
  },
  TEST_MS,
);
