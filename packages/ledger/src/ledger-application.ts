import { genesisHashOf } from '@zhtp/chain';
import { createVerifiedCache, type VerifiedCache } from '@zhtp/crypto';
import {
  ZERO_HASH,
  type Application,
  type ApplicationError,
  type Block,
  type CheckTxResult,
  type FinalizeBlockResult,
  type Genesis,
  type Hash,
  type PrepareProposalRequest,
  type ProposalProof,
  type ProposalProofRequest,
  type ProposalVerdict,
  type QueryRequest,
  type SnapshotDescription,
  type SnapshotOffer,
  type StateStore,
  type Verifier,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { attempt, fail } from './application-error.ts';
import type { ChainContext } from './chain-context.ts';
import { openCheckState, type CheckState } from './check-state.ts';
import type { CommitListener } from './committed-block.ts';
import type { BlockOutcome } from './execute.ts';
import { genesisState, readLedgerGenesis } from './genesis.ts';
import { hostedFault, type HostedApplication } from './hosted/hosted-application.ts';
import { rejection } from './invalid-transaction.ts';
import { answerQuery } from './ledger-query.ts';
import { appHashOf, type LedgerState } from './ledger-state.ts';
import { createMempoolGate, type MempoolGate } from './mempool-gate.ts';
import { openTransaction } from './opened-transaction.ts';
import { issueProposalProof, refusedProof, type StorageProver } from './proofs/proposal-proof.ts';
import { resultsHashOf } from './receipt.ts';
import { describeInvalidBlock, runBlock } from './run-block.ts';
import { selectTransactions } from './select-transactions.ts';
import { DEFAULT_SNAPSHOT_SCHEDULE, SnapshotKeeper, type SnapshotSchedule } from './state/snapshot-keeper.ts';
import { keptAt, withKept, type KeptStates } from './state/kept-states.ts';
import { refusedSnapshot, restoreSnapshot, type SnapshotRestore } from './state/snapshot-restore.ts';
import { exportState, importState } from './state/state-export.ts';
import {
  blockRows,
  genesisRows,
  loadLedger,
  replacingRows,
  type LedgerMeta,
  type StoredLedger,
} from './stored-ledger.ts';
import { createVerificationLane, type VerificationLane } from './verification-lane.ts';

/** Valid signatures remembered between `checkTx` and the block: some full blocks and mempools. */
const VERIFIED_SIGNATURES_MAX = 50_000;

/** States after the last heights that queries can ask for, unless a port says otherwise. */
const KEPT_HEIGHTS = 100;

const reject = (reason: string): ProposalVerdict => ({ _tag: 'Reject', reason });

export interface LedgerPorts {
  /** Holds the ledger's rows under keys that start with `ledger/`. */
  readonly store: StateStore;
  readonly verifier: Verifier;
  /** Shared with others that verify, if there are any. */
  readonly verifiedCache?: VerifiedCache;
  /** How many of the last heights can be asked about, at least 1; 100 when left out. In memory: after a start, only the last. */
  readonly keptHeights?: number;
  /** At which heights snapshots are taken; every 1000, the last two, when left out. */
  readonly snapshots?: SnapshotSchedule;
  /** What the chain hosts by its genesis; another one, or one too many, is refused by name. */
  readonly hosted?: HostedApplication;
  /** Of a validator whose consensus type requires storage proofs; without one it does not propose there. */
  readonly storageProver?: StorageProver;
}

/** A finalized block that is not committed yet. */
interface Candidate {
  readonly meta: LedgerMeta;
  readonly outcome: BlockOutcome;
}

interface Running extends StoredLedger {
  readonly chain: ChainContext;
  readonly gate: MempoolGate;
}

/** Blocks of the next height that were executed to judge them: one of them is mostly the one that is decided. */
const JUDGED_MAX = 2;

interface Judged {
  readonly block: Block;
  readonly outcome: BlockOutcome;
}

/**
 * The default application: accounts, transfers and fees. Thin: rules live in `executeBlock` and the modules below it;
 * here is what is committed, the one candidate for the next height, and the order of reads and writes.
 */
export class LedgerApplication implements Application {
  readonly #store: StateStore;
  readonly #lane: VerificationLane;
  readonly #storageProver: StorageProver | undefined;
  readonly #hosted: HostedApplication | undefined;
  #running: Running | undefined;
  #candidate: Candidate | undefined;
  /** On the state that is committed now, the latest last. */
  #judged: readonly Judged[] = [];
  readonly #keptHeights: number;
  #kept: KeptStates = [];
  readonly #snapshots: SnapshotKeeper;
  #restore: SnapshotRestore | undefined;
  readonly #listeners = new Set<CommitListener>();

  private constructor(ports: LedgerPorts, stored: Option<StoredLedger>) {
    this.#store = ports.store;
    this.#storageProver = ports.storageProver;
    this.#hosted = ports.hosted;
    this.#lane = createVerificationLane(
      ports.verifier,
      ports.verifiedCache ?? createVerifiedCache(VERIFIED_SIGNATURES_MAX),
    );
    this.#keptHeights = ports.keptHeights ?? KEPT_HEIGHTS;
    this.#snapshots = new SnapshotKeeper(ports.snapshots ?? DEFAULT_SNAPSHOT_SCHEDULE);
    if (O.isSome(stored)) this.#run(stored.value);
  }

  /** Reads back what is stored and checks it against its app hash; damage and unknown formats are named, never repaired. */
  static open(ports: LedgerPorts): TaskEither<ApplicationError, LedgerApplication> {
    return attempt(async () => {
      const stored = await loadLedger(ports.store);
      if (E.isLeft(stored)) return stored;
      const fault = O.isSome(stored.right) ? hostedFault(stored.right.value.meta, ports.hosted) : undefined;
      return fault === undefined ? E.right(new LedgerApplication(ports, stored.right)) : fail(fault);
    });
  }

  /**
   * Makes an exported state durable in a store without one; what is wrong with it is named, see `importState`. That its
   * app hash is the chain's, only a verified header says.
   */
  static import(ports: LedgerPorts, exported: unknown): TaskEither<ApplicationError, LedgerApplication> {
    return attempt(async () => {
      const present = await loadLedger(ports.store);
      if (E.isLeft(present)) return present;
      if (O.isSome(present.right)) return fail('the store holds a state already: import into an empty one');
      const stored = importState(exported);
      if (E.isLeft(stored)) return fail(`import: ${stored.left}`);
      const fault = hostedFault(stored.right.meta, ports.hosted);
      if (fault !== undefined) return fail(`import: ${fault}`);
      const written = await ports.store.write(genesisRows(stored.right.meta, stored.right.state))();
      if (E.isLeft(written)) return fail(`the imported state could not be stored: ${written.left.message}`);
      return E.right(new LedgerApplication(ports, O.some(stored.right)));
    });
  }

  info(): TaskEither<ApplicationError, { readonly height: bigint; readonly appHash: Hash }> {
    const { height, appHash } = this.#running?.meta ?? { height: 0n, appHash: ZERO_HASH };
    return attempt(async () => E.right({ height, appHash }));
  }

  /** Durable when it answers. Asked again with the same genesis before the first block, it answers the same. */
  initChain(
    genesis: Genesis,
  ): TaskEither<
    ApplicationError,
    { readonly appHash: Hash; readonly resultsHash: Hash; readonly difficultyBits: number }
  > {
    return attempt(async () => {
      const running = this.#running === undefined ? await this.#begin(genesis) : this.#again(this.#running, genesis);
      if (E.isLeft(running)) return running;
      const { appHash, resultsHash } = running.right.meta;
      return E.right({ appHash, resultsHash, difficultyBits: running.right.state.difficulty.bits });
    });
  }

  checkTx(transaction: Uint8Array): TaskEither<ApplicationError, CheckTxResult> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const opened = openTransaction(running.right.chain, transaction);
      if (E.isRight(opened)) return E.right(await running.right.gate.check(opened.right));
      return E.right(rejection(opened.left));
    });
  }

  proposalProof(request: ProposalProofRequest): TaskEither<ApplicationError, ProposalProof> {
    return attempt(async () => {
      const running = this.#expectNext(request.height);
      if (E.isLeft(running)) return running;
      const { state, chain } = running.right;
      return E.right(await issueProposalProof(state, chain, request, this.#storageProver));
    });
  }

  prepareProposal(request: PrepareProposalRequest): TaskEither<ApplicationError, readonly Uint8Array[]> {
    return attempt(async () => {
      const running = this.#expectNext(request.height);
      if (E.isLeft(running)) return running;
      const { state, chain } = running.right;
      return E.right(await selectTransactions(state, chain, this.#lane, request));
    });
  }

  /** The proof of the block's proposer first: it costs one signature at most, the transactions up to a thousand. */
  processProposal(block: Block): TaskEither<ApplicationError, ProposalVerdict> {
    return attempt(async () => {
      const running = this.#expectNext(block.header.height);
      if (E.isLeft(running)) return running;
      const { state, chain } = running.right;
      const unproven = await refusedProof(state, chain, this.#lane, block);
      if (unproven !== undefined) return E.right({ _tag: 'Reject', reason: unproven });
      const outcome = await this.#outcomeOf(block);
      if (E.isLeft(outcome)) return outcome;
      // Only what was executed on the state that is still the committed one.
      if (E.isRight(outcome.right) && this.#running?.state === state)
        this.#judged = [...this.#judged, { block, outcome: outcome.right.right }].slice(-JUDGED_MAX);
      return E.right(E.isLeft(outcome.right) ? { _tag: 'Reject', reason: outcome.right.left } : { _tag: 'Accept' });
    });
  }

  finalizeBlock(block: Block): TaskEither<ApplicationError, FinalizeBlockResult> {
    return attempt(async () => {
      const outcome = await this.#outcomeOf(block);
      if (E.isLeft(outcome)) return outcome;
      const { height } = block.header;
      if (E.isLeft(outcome.right)) return fail(`decided block ${String(height)} is invalid: ${outcome.right.left}`);
      const { appHash, resultsHash, executed, state, end } = outcome.right.right;
      const running = this.#expectNext(height);
      if (E.isLeft(running)) return running;
      const { totals, parameters } = state;
      this.#candidate = {
        meta: { ...running.right.meta, height, appHash, resultsHash, totals, parameters },
        outcome: outcome.right.right,
      };
      return E.right({
        appHash,
        resultsHash,
        results: executed.map(({ receipt, sentence }) => ({
          transaction: receipt.transaction,
          ok: O.isNone(receipt.failure),
          message: sentence,
        })),
        ...end,
        difficultyBits: state.difficulty.bits,
      });
    });
  }

  commit(): TaskEither<ApplicationError, void> {
    return attempt(async () => {
      const candidate = this.#candidate;
      if (candidate === undefined) return fail('commit without a finalized block');
      const { meta, outcome } = candidate;
      const written = await this.#store.write(blockRows(meta, outcome.changes, outcome.executed))();
      if (E.isLeft(written)) return fail(`block ${String(meta.height)} could not be stored: ${written.left.message}`);
      this.#candidate = undefined;
      this.#run({ meta, state: outcome.state });
      const { executed, events } = outcome;
      for (const listener of this.#listeners) listener({ height: meta.height, executed, events });
      return E.right(undefined);
    });
  }

  query(request: QueryRequest): TaskEither<ApplicationError, Option<Uint8Array>> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const { meta, state } = running.right;
      const asked = request.height ?? meta.height;
      const kept = asked === meta.height ? E.right({ state }) : keptAt(this.#kept, asked);
      return E.isLeft(kept) ? fail(kept.left) : answerQuery(kept.right.state, this.#store, request);
    });
  }

  listSnapshots(): TaskEither<ApplicationError, readonly SnapshotDescription[]> {
    return attempt(async () => E.right(this.#snapshots.descriptions()));
  }

  /** Taken on between `initChain` and the first block; a second offer takes the place of the first. */
  offerSnapshot({ appHash, ...description }: SnapshotOffer): TaskEither<ApplicationError, ProposalVerdict> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const { meta } = running.right;
      if (meta.height >= meta.initialHeight)
        return E.right(reject(`block ${String(meta.height)} is executed already: sync from blocks`));
      const refused = refusedSnapshot(description);
      if (refused !== undefined) return E.right(reject(refused));
      this.#restore = restoreSnapshot(description, appHash, meta);
      return E.right({ _tag: 'Accept' });
    });
  }

  loadSnapshotChunk(height: bigint, chunk: number): TaskEither<ApplicationError, Option<Uint8Array>> {
    return attempt(async () => E.right(O.fromNullable(this.#snapshots.chunk(height, chunk))));
  }

  /** Durable when it accepts the last one. */
  applySnapshotChunk(chunk: number, bytes: Uint8Array): TaskEither<ApplicationError, ProposalVerdict> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      if (this.#restore === undefined) return E.right(reject('no snapshot is being restored: offer one first'));
      const applied = this.#restore.apply(chunk, bytes);
      switch (applied._tag) {
        case 'More':
          return E.right({ _tag: 'Accept' });
        case 'Refused':
          return E.right(reject(applied.reason));
        case 'Abandoned':
          this.#restore = undefined;
          return E.right(reject(applied.reason));
        case 'Complete':
          return this.#replace(running.right, applied.stored);
      }
    });
  }

  /** The state after a height as text, see `exportState`; the last committed one when no height is given. */
  exportedState(height?: bigint): Either<string, Iterable<string>> {
    if (this.#running === undefined) return E.left('asked before initChain');
    const { meta, state } = this.#running;
    if (height === undefined || height === meta.height) return E.right(exportState({ meta, state }));
    return E.map(exportState)(keptAt(this.#kept, height));
  }

  /** The committed state, for readers in the same process; immutable. None before `initChain`. */
  committedState(): Option<LedgerState> {
    return O.fromNullable(this.#running?.state);
  }

  /** Calls `listener` after each commit, when `committedState` shows the block. Answers how to stop that. */
  watchCommits(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #chainOf({ chainId, genesisHash, algorithm }: LedgerMeta): ChainContext {
    const hosted = this.#hosted;
    return { chainId, genesisHash, algorithm, ...(hosted === undefined ? {} : { hosted }) };
  }

  #run({ meta, state }: StoredLedger): Running {
    const atSeconds = state.previous?.atSeconds ?? state.governance.at.timeSeconds;
    const chain = this.#chainOf(meta);
    const checkState: CheckState = openCheckState(state, chain, { height: meta.height + 1n, atSeconds });
    const gate = this.#running?.gate ?? createMempoolGate(this.#lane, chain, checkState);
    gate.reset(checkState);
    this.#running = { meta, state, chain, gate };
    this.#judged = [];
    this.#kept = withKept(this.#kept, { meta, state }, this.#keptHeights);
    this.#snapshots.committed({ meta, state });
    return this.#running;
  }

  async #replace(before: StoredLedger, after: StoredLedger): Promise<Either<ApplicationError, ProposalVerdict>> {
    const written = await this.#store.write(replacingRows(before, after))();
    if (E.isLeft(written)) return fail(`the snapshot could not be stored: ${written.left.message}`);
    this.#restore = undefined;
    this.#kept = [];
    this.#run(after);
    return E.right({ _tag: 'Accept' });
  }

  async #begin(genesis: Genesis): Promise<Either<ApplicationError, Running>> {
    const { chainId, signatureAlgorithm: algorithm, initialHeight } = genesis;
    if (initialHeight === 0n) return fail('genesis initialHeight is 0, the first block has at least height 1');
    const read = readLedgerGenesis(genesis.appState, algorithm);
    if (E.isLeft(read)) return fail(`genesis ${read.left}`);
    const { hosted } = read.right;
    const fault = hostedFault({ hosted }, this.#hosted);
    if (fault !== undefined) return fail(fault);
    const first = genesisState(genesis, read.right);
    if (E.isLeft(first)) return fail(`genesis: ${first.left}`);
    const state = first.right;
    const { totals, parameters } = state;
    const meta: LedgerMeta = {
      chainId,
      genesisHash: genesisHashOf(genesis),
      algorithm,
      hosted,
      initialHeight,
      height: initialHeight - 1n,
      appHash: appHashOf(state),
      resultsHash: resultsHashOf([]),
      totals,
      parameters,
    };
    const written = await this.#store.write(genesisRows(meta, state))();
    if (E.isLeft(written)) return fail(`genesis could not be stored: ${written.left.message}`);
    return E.right(this.#run({ meta, state }));
  }

  #again(running: Running, genesis: Genesis): Either<ApplicationError, Running> {
    const { genesisHash, height, initialHeight } = running.meta;
    const asked = genesisHashOf(genesis);
    if (asked !== genesisHash)
      return fail(
        `the stored state belongs to genesis ${genesisHash}, this is ${asked}: use its own folder for each chain`,
      );
    return height + 1n === initialHeight ? E.right(running) : fail(`initChain after block ${String(height)}`);
  }

  #expectRunning(): Either<ApplicationError, Running> {
    return this.#running === undefined ? fail('asked before initChain') : E.right(this.#running);
  }

  #expectNext(height: bigint): Either<ApplicationError, Running> {
    const running = this.#expectRunning();
    if (E.isLeft(running) || running.right.meta.height + 1n === height) return running;
    return fail(`asked about height ${String(height)}, the next one is ${String(running.right.meta.height + 1n)}`);
  }

  async #outcomeOf(block: Block): Promise<Either<ApplicationError, Either<string, BlockOutcome>>> {
    const running = this.#expectNext(block.header.height);
    if (E.isLeft(running)) return running;
    // The very same block: what an equal one holds would have to be compared byte by byte.
    const judged = this.#judged.find((each) => each.block === block);
    if (judged !== undefined) return E.right(E.right(judged.outcome));
    const { state, chain } = running.right;
    const outcome = await runBlock(state, chain, this.#lane, block);
    return E.right(E.mapLeft(describeInvalidBlock)(outcome));
  }
}
