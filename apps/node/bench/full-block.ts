import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { genesisHashOf } from '@zhtp/chain';
import { accountIdentity, buildTransfer, DEFAULT_LEDGER_PARAMETERS, signTransaction } from '@zhtp/ledger';
import { DEFAULT_CONSENSUS_CONFIG, MICRO_PER_ZHTP, type Genesis, type KeyPair } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { readKeyFile } from '../src/key-files.ts';
import { makeTestnet } from '../src/make-testnet.ts';
import { PASSPHRASE_FILE } from '../src/passphrase.ts';
import { startNode, type LogLine, type RunningNode } from './nodes.ts';

const TRANSFERS = DEFAULT_CONSENSUS_CONFIG.maxTransactionsPerBlock;
/** Each sends its own one after the other, all at the same time. */
const SENDERS = 40;
const VALIDATORS = 4;
/** Far enough apart that all transfers wait when the second block is built. */
const BLOCK_SECONDS = 30n;
const PATIENCE_MS = 120_000;
const POLL_MS = 20;

const must = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const until = async <A>(what: string, ask: () => Promise<A | undefined> | A | undefined): Promise<A> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${String(PATIENCE_MS / 1_000)} s`);
    await pause(POLL_MS);
  }
};

/** The first of consecutive ports, all free a moment ago. */
const freePorts = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
  });

/** What one sender sends, in the order of its nonces. */
const transfersOf = (genesis: Genesis, sender: KeyPair, recipient: KeyPair): readonly Uint8Array[] => {
  const genesisHash = genesisHashOf(genesis);
  return Array.from({ length: TRANSFERS / SENDERS }, (_, nonce) => {
    const body = buildTransfer({
      chainId: genesis.chainId,
      sender,
      account: { nonce: BigInt(nonce), publicKey: nonce === 0 ? O.none : O.some(sender.publicKey) },
      recipient: accountIdentity(recipient),
      amount: 1n,
      parameters: DEFAULT_LEDGER_PARAMETERS,
    });
    return signTransaction(body, sender, genesisHash).bytes;
  });
};

const submit = async ({ apiPort }: RunningNode, transactions: readonly Uint8Array[]): Promise<void> => {
  for (const transaction of transactions) {
    const answer = await fetch(`http://127.0.0.1:${String(apiPort)}/transactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(transaction),
    });
    if (!answer.ok) throw new Error(`a transfer was refused: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
};

const waitingIn = async ({ apiPort }: RunningNode): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${String(apiPort)}/mempool`);
  const mempool: unknown = await answer.json();
  const count: unknown =
    typeof mempool === 'object' && mempool !== null && 'transactions' in mempool ? mempool.transactions : 0;
  return typeof count === 'number' ? count : 0;
};

const committed = (line: LogLine): boolean => line.msg === 'block committed';
const timeOf = (node: RunningNode, height: string, is: (line: LogLine) => boolean): number | undefined =>
  node.lines.find((line) => line.height === height && is(line))?.time;

/** The moment the last of all nodes wrote such a line about a height. */
const last = (nodes: readonly RunningNode[], height: string, is: (line: LogLine) => boolean): Promise<number> =>
  until(`block ${height} everywhere`, () => {
    const times = nodes.map((node) => timeOf(node, height, is));
    return times.includes(undefined) ? undefined : Math.max(...times.map(Number));
  });

const first = (nodes: readonly RunningNode[], height: string, is: (line: LogLine) => boolean): number =>
  Math.min(...nodes.map((node) => timeOf(node, height, is) ?? Number.POSITIVE_INFINITY));

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

const measure = async (nodes: readonly RunningNode[], genesis: Genesis, keys: readonly KeyPair[]): Promise<void> => {
  await until('the first block', () => (nodes.every(({ lines }) => lines.some(committed)) ? true : undefined));
  const loads = keys.map((key, i) => transfersOf(genesis, key, keys[(i + 1) % keys.length] ?? key));
  const started = performance.now();
  await Promise.all(
    nodes.flatMap((node, i) => loads.filter((_, of) => of % nodes.length === i).map((load) => submit(node, load))),
  );
  await until('all transfers in all mempools, before the next block', async () =>
    (await Promise.all(nodes.map(waitingIn))).every((count) => count >= TRANSFERS) ? true : undefined,
  );
  const admitted = performance.now() - started;
  const full = await until('the full block', () =>
    nodes[0]?.lines.find((line) => committed(line) && line.transactions === TRANSFERS),
  );
  const height = full.height ?? '';
  const isStep = (step: string) => (line: LogLine) =>
    line.msg === 'step' && line.step === step && line.round === full.round;
  const everywhere = await last(nodes, height, committed);
  const answer = await fetch(`http://127.0.0.1:${String(nodes[0]?.apiPort)}/blocks/${height}`);
  const block = (await answer.json()) as { readonly block: { readonly header: { readonly time: string } } };
  const proposed = Number(block.block.header.time);
  const built = first(nodes, height, isStep('prevote'));
  const judged = await last(nodes, height, isStep('prevote'));
  const polka = await last(nodes, height, isStep('precommit'));
  const limit = Number(DEFAULT_CONSENSUS_CONFIG.blockTime);
  print(
    `${String(TRANSFERS)} signed transfers sent to ${String(VALIDATORS)} processes, checked and passed on by each: in all mempools after ${seconds(admitted)} s`,
  );
  print(
    `the block with all of them, from its building to the commit on the last of ${String(VALIDATORS)} processes: ${seconds(everywhere - proposed)} s, ${((everywhere - proposed) / (10 * limit)).toFixed(0)} % of the default block time`,
  );
  print(
    `  built and judged by its proposer ${seconds(built - proposed)} s, received and judged by all others ${seconds(judged - built)} s, prevotes ${seconds(polka - judged)} s, precommits, stored and committed ${seconds(everywhere - polka)} s`,
  );
};

/** A block of as many transfers as fit, that wait in all mempools, through four real processes on this machine. */
export const benchFullBlock = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'zhtp-bench-'));
  const basePort = await freePorts();
  const { genesis, nodes, accounts } = must(
    await makeTestnet({
      output: join(folder, 'testnet'),
      validators: VALIDATORS,
      chainId: 'zhtp-bench',
      blockTimeSeconds: BLOCK_SECONDS,
      preset: undefined,
      consensusType: undefined,
      basePort,
      algorithm: 'ML-DSA-65',
      accounts: SENDERS,
      allow: [],
      balance: 1_000n * MICRO_PER_ZHTP,
      nowMs: BigInt(Date.now()),
    }),
  );
  const running = nodes.map(({ home, apiPort }) => startNode(home, apiPort));
  try {
    const keys: KeyPair[] = [];
    for (const { keyFile } of accounts) {
      const passphrase = await readFile(join(keyFile, '..', PASSPHRASE_FILE), 'utf8');
      keys.push(must(await readKeyFile(keyFile, passphrase.trim())));
    }
    await measure(running, genesis, keys);
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
    await rm(folder, { recursive: true, force: true });
  }
};
