import { availableParallelism } from 'node:os';
import { genesisHashOf } from '@zhtp/chain';
import { createVerifier, defaultBackend, keyPairFromSeed, verificationsInFlight, verifyMessage } from '@zhtp/crypto';
import { ZERO_HASH, type Block, type Genesis, type SignatureCheck, type StateStore, type Verifier } from '@zhtp/types';
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
const ROUNDS = 12;

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

const verifyAll = (verifier: Verifier, checks: readonly SignatureCheck[]): Promise<void> =>
  new Promise((resolve) => {
    let next = 0;
    let left = checks.length;
    const start = (): void => {
      const check = checks[next];
      next += 1;
      if (check === undefined) return;
      verifier.verify(check, () => {
        left -= 1;
        if (left === 0) resolve();
        start();
      });
    };
    for (let i = 0; i < Math.max(1, verifier.concurrency); i++) start();
  });

interface Cost {
  readonly elapsed: number;
  /** Of all threads. */
  readonly cpu: number;
}

const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [started, cpuBefore] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { elapsed: performance.now() - started, cpu: user + system };
};

const least = (costs: readonly Cost[], of: keyof Cost): number => Math.min(...costs.map((cost) => cost[of]));

const newVerifier = (): Verifier =>
  createVerifier({
    backend: defaultBackend(ALGORITHM),
    concurrency: verificationsInFlight(availableParallelism()),
    schedule: setImmediate,
  });

/** A block of signed transfers that no mempool has seen, beside the verification of its signatures alone, on all cores. */
export const benchSigned = async (): Promise<void> => {
  const signed = Array.from({ length: TRANSFERS }, (_, nonce) => transfer(nonce));
  const checks = signed.map(({ transaction }): SignatureCheck => ({
    algorithm: ALGORITHM,
    publicKey: keyPair.publicKey,
    domain: 'zhtp/transaction/v1',
    message: transactionSignBytes(genesisHash, transaction),
    signature: transaction.signature.signature,
  }));
  const block = blockOf(signed.map(({ bytes }) => bytes));
  const floors: Cost[] = [];
  const wholes: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ledger = must(await LedgerApplication.open({ store: nowhere, verifier: newVerifier() })());
    must(await ledger.initChain(funded)());
    floors.push(await costOf(() => verifyAll(newVerifier(), checks)));
    wholes.push(
      await costOf(async () => {
        const verdict = must(await ledger.processProposal(block)());
        if (verdict._tag !== 'Accept') throw new Error(`the block was refused: ${verdict.reason}`);
      }),
    );
  }
  const ratio = (of: keyof Cost): string => (least(floors, of) / least(wholes, of)).toFixed(2);
  print(
    `block of ${String(TRANSFERS)} signed transfers on ${String(availableParallelism())} cores: ${ratio('elapsed')} of the rate at which their signatures alone are verified; these take ${ratio('cpu')} of its CPU time`,
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
