import { emptyCertificate, makeBlock, noProof } from '@zhtp/chain';
import { isSignatureDomain, keyPairFromSeed, verifyMessage } from '@zhtp/crypto';
import {
  DEFAULT_CHAIN_PARAMETERS,
  hash,
  ZERO_HASH,
  type Block,
  type Genesis,
  type Hash,
  type IdentityId,
  type KeyPair,
  type ProposalVerdict,
  type SignatureAlgorithm,
  type StateChange,
  type StateStore,
  type Validity,
  type Verifier,
} from '@zhtp/types';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  accountIdentity,
  ledgerAppState,
  LedgerApplication,
  type ChainContext,
  type GenesisAccount,
  type LedgerParameters,
} from '@zhtp/ledger';

/** The value of a Right; a Left fails the test with what it says. */
export const right = <E, A>(result: Either<E, A>): A => {
  if (E.isLeft(result)) throw new Error(`expected a Right, got Left ${JSON.stringify(result.left)}`);
  return result.right;
};

export const run = async <E, A>(task: TaskEither<E, A>): Promise<A> => right(await task());

/** Why a task failed. */
export const failure = async <A>(task: TaskEither<{ readonly message: string }, A>): Promise<string> => {
  const result = await task();
  return E.isLeft(result) ? result.left.message : 'it did not fail';
};

export const hashOf = (byte: number): Hash => right(hash(byte.toString(16).padStart(2, '0').repeat(32)));

export const ALGORITHM: SignatureAlgorithm = 'ML-DSA-44';
export const CHAIN_ID = 'ledger-test';

/** Key pairs from seeds of one repeated byte: the same ones in every run. */
const keyPairs: readonly KeyPair[] = [1, 2, 3, 4].map((n) => keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(n)));
export const [alice, bob, carol, dave] = keyPairs as [KeyPair, KeyPair, KeyPair, KeyPair];
export const identityOfPair = (pair: KeyPair): IdentityId => accountIdentity(pair);

/** A clear, small price list: nothing is free, nothing is the same number. */
export const PARAMETERS: LedgerParameters = { minFeePerByte: 2n, newAccountFee: 1_000n };

/** Unix milliseconds. */
export const GENESIS_TIME_MS = 1_700_000_000_000n;

export const genesisWith = (accounts: readonly GenesisAccount[], more: Partial<Genesis> = {}): Genesis => ({
  formatVersion: 1,
  chainId: CHAIN_ID,
  genesisTime: GENESIS_TIME_MS,
  initialHeight: 1n,
  signatureAlgorithm: ALGORITHM,
  // No proofs in proposals: what the blocks here are about is something else.
  parameters: {
    ...DEFAULT_CHAIN_PARAMETERS,
    consensus: { ...DEFAULT_CHAIN_PARAMETERS.consensus, consensusType: 'ByzantineFaultTolerance' },
  },
  validators: [],
  appState: ledgerAppState({
    accounts,
    parameters: PARAMETERS,
    chainParameters: [],
    difficulty: O.none,
    treasury: 5_000n,
    budgets: [],
    storage: [],
    hosted: O.none,
    allowList: O.none,
  }),
  ...more,
});

export const funded = (pair: KeyPair, balance: bigint): GenesisAccount => ({
  identity: identityOfPair(pair),
  balance,
  publicKey: O.none,
});

/** A first block, whatever its height: without parent, certificate, evidence and proofs. */
export const blockOf = (height: bigint, transactions: readonly Uint8Array[]): Block => {
  const time = GENESIS_TIME_MS + height * 10_000n;
  return makeBlock({
    version: { protocol: 1, app: 1 },
    chainId: CHAIN_ID,
    height,
    time,
    lastBlockId: ZERO_HASH,
    validatorsHash: ZERO_HASH,
    nextValidatorsHash: ZERO_HASH,
    parametersHash: ZERO_HASH,
    difficultyBits: 0x1d00_ffff,
    appHash: ZERO_HASH,
    resultsHash: ZERO_HASH,
    proposer: identityOfPair(alice),
    transactions,
    lastCommit: emptyCertificate(),
    evidence: [],
    proof: noProof('ByzantineFaultTolerance', time),
  });
};

export interface MemoryStore extends StateStore {
  readonly rows: Map<string, Uint8Array>;
  /** Batches written so far. */
  readonly batches: (readonly StateChange[])[];
  /** While set, every write fails. */
  broken: boolean;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Rows by hex key: their order is byte order. */
export const memoryStore = (rows = new Map<string, Uint8Array>()): MemoryStore => {
  const store: MemoryStore = {
    rows,
    batches: [],
    broken: false,
    get: (key) => TE.fromIO(() => O.fromNullable(rows.get(hex(key)))),
    scan: (prefix, visit) =>
      TE.fromIO(() => {
        for (const key of [...rows.keys()].toSorted())
          if (key.startsWith(hex(prefix))) visit(unhex(key), rows.get(key) ?? new Uint8Array(0));
      }),
    write: (changes) =>
      TE.fromEither(
        store.broken
          ? E.left({ _tag: 'StorageError' as const, message: 'disk full: free space and start again' })
          : E.right(apply(changes)),
      ),
  };
  const apply = (changes: readonly StateChange[]): void => {
    store.batches.push(changes);
    for (const change of changes)
      if (change._tag === 'Put') rows.set(hex(change.key), change.value.slice());
      else rows.delete(hex(change.key));
  };
  return store;
};

export interface CountingVerifier extends Verifier {
  readonly counts: { verified: number; inFlight: number; inFlightMax: number };
}

/** Verifies for real, answers in a later turn, counts. */
export const countingVerifier = (concurrency = 2): CountingVerifier => {
  const counts = { verified: 0, inFlight: 0, inFlightMax: 0 };
  return {
    concurrency,
    counts,
    verify: (check, done) => {
      counts.verified += 1;
      counts.inFlight += 1;
      counts.inFlightMax = Math.max(counts.inFlightMax, counts.inFlight);
      const validity: Validity = isSignatureDomain(check.domain)
        ? verifyMessage(check.algorithm, check.publicKey, check.domain, check.message, check.signature)
        : 'invalid';
      setImmediate(() => {
        counts.inFlight -= 1;
        done(validity);
      });
    },
  };
};

export const openLedger = async (
  store: StateStore,
  verifier: Verifier = countingVerifier(),
): Promise<LedgerApplication> => run(LedgerApplication.open({ store, verifier }));

/** Finalizes and commits one block. */
export const decide = async (
  ledger: LedgerApplication,
  height: bigint,
  transactions: readonly Uint8Array[],
): Promise<Hash> => {
  const { appHash } = await run(ledger.finalizeBlock(blockOf(height, transactions)));
  await run(ledger.commit());
  return appHash;
};

export const reasonOf = (verdict: ProposalVerdict): string => (verdict._tag === 'Reject' ? verdict.reason : 'accepted');

/** A chain without signatures to check: for tests of the pure executor. */
export const CONTEXT: ChainContext = { chainId: CHAIN_ID, genesisHash: hashOf(7), algorithm: ALGORITHM };
