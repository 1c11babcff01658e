import { availableParallelism } from 'node:os';
import { genesisHashOf } from '@zhtp/chain';
import { createVerifier, defaultBackend, keyPairFromSeed, verificationsInFlight, verifyMessage } from '@zhtp/crypto';
import {
  blockCodec,
  decodeLent,
  encode,
  ZERO_HASH,
  type Block,
  type Genesis,
  type SignatureCheck,
  type StateStore,
  type Verifier,
} from '@zhtp/types';
import { option as O, taskEither as TE } from 'fp-ts';
import {
  accountIdentity,
  buildTransaction,
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  LedgerApplication,
  ledgerAppState,
  openTransaction,
  signTransaction,
  transactionSignBytes,
  type SignedTransaction,
} from '@zhtp/ledger';
import { ALGORITHM, genesis, must, person, START_MS } from './accounts.ts';
import { print, secondsOf } from './measure.ts';

const TRANSFERS = 600;
const ROUNDS = 30;
/** Rounds before those: their code is not compiled yet. */
const WARM_UP = 5;

const keyPair = keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(1));
const sender = accountIdentity(keyPair);
const funded: Genesis = {
  ...genesis,
  appState: ledgerAppState({
    ...DEFAULT_FIRST_POLICY,
    accounts: [
      { identity: sender, balance: 10n ** 15n, publicKey: O.some(keyPair.publicKey) },
      ...Array.from({ length: TRANSFERS }, (_, n) => ({ identity: person(n), balance: 1n, publicKey: O.none })),
    ],
    parameters: DEFAULT_LEDGER_PARAMETERS,
  }),
};
const genesisHash = genesisHashOf(funded);

const transfer = (nonce: number): SignedTransaction => {
  const body = buildTransaction({
    chainId: genesis.chainId,
    sender: keyPair,
    account: { nonce: BigInt(nonce), publicKey: O.some(keyPair.publicKey) },
    messages: [{ _tag: 'Transfer', recipient: person(nonce), amount: 5n }],
    parameters: DEFAULT_LEDGER_PARAMETERS,
  });
  return signTransaction(must(body), keyPair, genesisHash);
};

/** Forgets all: nothing is read back here. */
const nowhere: StateStore = {
  get: () => TE.right(O.none),
  scan: () => TE.right(undefined),
  write: () => TE.right(undefined),
};

const blockOf = (transactions: readonly Uint8Array[]): Block => ({
  header: {
    version: { protocol: 1, app: 1 },
    chainId: genesis.chainId,
    height: 1n,
    time: START_MS + 10_000n,
    lastBlockId: ZERO_HASH,
    lastCommitHash: ZERO_HASH,
    dataHash: ZERO_HASH,
    evidenceHash: ZERO_HASH,
    proofHash: ZERO_HASH,
    validatorsHash: ZERO_HASH,
    nextValidatorsHash: ZERO_HASH,
    parametersHash: ZERO_HASH,
    difficultyBits: 0x1d00_ffff,
    appHash: ZERO_HASH,
    resultsHash: ZERO_HASH,
    proposer: sender,
  },
  transactions,
  lastCommit: { height: 0n, round: 0, blockId: ZERO_HASH, setSize: 0, signers: new Uint8Array(0), signatures: [] },
  evidence: [],
  proof: {
    consensusType: 'ByzantineFaultTolerance',
    stakeProof: O.none,
    storageProof: O.none,
    workProof: O.none,
    zkDidProof: O.none,
    // The second of the header above.
    timestamp: START_MS / 1_000n + 10n,
  },
});

/** All handed over at once: that keeps every thread of the pool busy, and is the fastest way. */
const verifyAll = (verifier: Verifier, checks: readonly SignatureCheck[]): Promise<void> =>
  new Promise((resolve) => {
    let left = checks.length;
    for (const check of checks)
      verifier.verify(check, () => {
        left -= 1;
        if (left === 0) resolve();
      });
  });

/** Milliseconds. */
interface Cost {
  readonly elapsed: number;
  /** Of all threads. */
  readonly cpu: number;
  /** Of this one. */
  readonly ownCpu: number;
}

const spent = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [started, cpu, ownCpu] = [performance.now(), process.cpuUsage(), process.threadCpuUsage()];
  await work();
  return {
    elapsed: performance.now() - started,
    cpu: spent(process.cpuUsage(cpu)),
    ownCpu: spent(process.threadCpuUsage(ownCpu)),
  };
};

/** Of rounds that lie beside each other: a machine's speed changes more from second to second than what is compared here. */
const medianRatio = (ones: readonly Cost[], others: readonly Cost[], of: keyof Cost): number => {
  const ratios = ones.map((one, i) => one[of] / (others[i]?.[of] ?? Number.NaN)).sort((a, b) => a - b);
  return ratios[ratios.length >> 1] ?? Number.NaN;
};

const least = (costs: readonly Cost[], of: keyof Cost): number => Math.min(...costs.map((cost) => cost[of]));

const newVerifier = (): Verifier =>
  createVerifier({
    backend: defaultBackend(ALGORITHM),
    concurrency: verificationsInFlight(availableParallelism()),
    schedule: setImmediate,
  });

const accepts = async (ledger: LedgerApplication, block: Block): Promise<void> => {
  const verdict = must(await ledger.processProposal(block)());
  if (verdict._tag !== 'Accept') throw new Error(`the block was refused: ${verdict.reason}`);
};

/**
 * A block of signed transfers, beside the verification of its signatures alone on all cores: one that no mempool has seen, as
 * in catching up, and one whose signatures are known from before. Floor and blocks take turns.
 */
export const benchSigned = async (): Promise<void> => {
  const signed = Array.from({ length: TRANSFERS }, (_, nonce) => transfer(nonce));
  const checks = signed.map(({ transaction }): SignatureCheck => ({
    algorithm: ALGORITHM,
    publicKey: keyPair.publicKey,
    domain: 'zhtp/transaction/v1',
    message: transactionSignBytes(genesisHash, transaction),
    signature: transaction.signature.signature,
  }));
  const body = encode(blockCodec)(blockOf(signed.map(({ bytes }) => bytes)));
  const floors: Cost[] = [];
  const unseen: Cost[] = [];
  const seen: Cost[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    // As on a node: every transaction is a view of the block's body.
    const block = must(decodeLent(blockCodec)(body.slice()));
    const ledger = must(await LedgerApplication.open({ store: nowhere, verifier: newVerifier() })());
    must(await ledger.initChain(funded)());
    const floor = await costOf(() => verifyAll(newVerifier(), checks));
    const first = await costOf(() => accepts(ledger, block));
    // Another object with the same transactions: nothing but their signatures is known.
    const second = await costOf(() => accepts(ledger, { ...block }));
    if (round < 0) continue;
    floors.push(floor);
    unseen.push(first);
    seen.push(second);
  }
  const ratio = (of: keyof Cost): string => medianRatio(floors, unseen, of).toFixed(2);
  const each = (costs: readonly Cost[], of: keyof Cost): number => (least(costs, of) * 1_000) / TRANSFERS;
  print(
    `block of ${String(TRANSFERS)} signed transfers on ${String(availableParallelism())} cores: ${ratio('elapsed')} of the rate at which their signatures alone are verified; these take ${ratio('cpu')} of its CPU time`,
  );
  print(
    `a signature is verified every ${each(floors, 'elapsed').toFixed(0)} µs, in ${each(floors, 'cpu').toFixed(0)} µs of CPU time; besides, the thread of the ledger spends ${(each(unseen, 'ownCpu') - each(floors, 'ownCpu')).toFixed(1)} µs per transfer to decode, look up, execute and hash; a block of transactions seen before takes ${each(seen, 'elapsed').toFixed(1)} µs each`,
  );
};

const CALLS = 500;
const perCall = (work: () => unknown): number =>
  secondsOf(() => {
    for (let i = 0; i < CALLS; i++) work();
  }) / CALLS;

/** What it costs to decode, check and hash a transaction before its signature is looked at. */
export const benchOpening = (): void => {
  const chain = { chainId: genesis.chainId, genesisHash, algorithm: ALGORITHM } as const;
  const { bytes, transaction } = transfer(0);
  const { signBytes } = must(openTransaction(chain, bytes));
  const openSeconds = perCall(() => openTransaction(chain, bytes));
  const verifySeconds = perCall(() =>
    verifyMessage(ALGORITHM, keyPair.publicKey, 'zhtp/transaction/v1', signBytes, transaction.signature.signature),
  );
  print(
    `opening a signed transfer of ${String(bytes.length)} bytes: ${(openSeconds * 1e6).toFixed(1)} µs, ${(verifySeconds / openSeconds).toFixed(0)} times less than verifying it`,
  );
};
