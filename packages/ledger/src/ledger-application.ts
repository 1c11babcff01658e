import { createVerifiedCache } from '@zhtp/crypto';
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
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { attempt, fail } from './application-error.ts';
import type { ChainContext } from './chain-context.ts';
import { openCheckState, type CheckState } from './check-state.ts';
import type { CommitListener, CommittedLedgerBlock } from './committed-block.ts';
import type { BlockOutcome } from './execute.ts';
import { firstLedger, refusedGenesis } from './first-ledger.ts';
import { hostedFault } from './hosted/hosted-application.ts';
import { rejection } from './invalid-transaction.ts';
import { beginHistory, openBeside, type LedgerPorts, type OpenedBeside } from './ledger-ports.ts';
import { answerQuery } from './ledger-query.ts';
import type { LedgerState } from './ledger-state.ts';
import { createMempoolGate, type MempoolGate } from './mempool-gate.ts';
import { openTransaction } from './opened-transaction.ts';
import { issueProposalProof, refusedProof } from './proofs/proposal-proof.ts';
import { describeInvalidBlock, runBlock } from './run-block.ts';
import { selectTransactions } from './select-transactions.ts';
import type { KeptHistory } from './state/kept-history.ts';
import type { KeptRange } from './state/kept-range.ts';
import type { SnapshotKeeper } from './state/snapshot-keeper.ts';
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

const reject = (reason: string): ProposalVerdict => ({ _tag: 'Reject', reason });

/** A finalized block that is not committed yet. */
interface Candidate {
  readonly meta: LedgerMeta;
  readonly outcome: BlockOutcome;
}

interface Running extends StoredLedger {
  readonly chain: ChainContext;
  readonly gate: MempoolGate;
  readonly history: KeptHistory;
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
  readonly #ports: LedgerPorts;
  readonly #store: StateStore;
  readonly #lane: VerificationLane;
  #running: Running | undefined;
  #candidate: Candidate | undefined;
  /** On the state that is committed now, the latest last. */
  #judged: readonly Judged[] = [];
  readonly #snapshots: SnapshotKeeper;
  #restore: SnapshotRestore | undefined;
  readonly #listeners = new Set<CommitListener>();

  private constructor(ports: LedgerPorts, stored: Option<StoredLedger>, { history, snapshots }: OpenedBeside) {
    this.#ports = ports;
    this.#store = ports.store;
    this.#lane = createVerificationLane(
      ports.verifier,
      ports.verifiedCache ?? createVerifiedCache(VERIFIED_SIGNATURES_MAX),
    );
    this.#snapshots = snapshots;
    if (O.isSome(stored) && history !== undefined) this.#run(stored.value, history);
  }

  static async #over(
    ports: LedgerPorts,
    stored: Option<StoredLedger>,
  ): Promise<Either<ApplicationError, LedgerApplication>> {
    const beside = await openBeside(ports, O.toUndefined(stored));
    return E.isLeft(beside) ? beside : E.right(new LedgerApplication(ports, stored, beside.right));
  }

  /** Reads back what is stored and checks it against its app hash; damage and unknown formats are named, never repaired. */
  static open(ports: LedgerPorts): TaskEither<ApplicationError, LedgerApplication> {
    return attempt(async () => {
      const stored = await loadLedger(ports.store);
      if (E.isLeft(stored)) return stored;
      const fault = O.isSome(stored.right) ? hostedFault(stored.right.value.meta, ports.hosted) : undefined;
      return fault === undefined ? LedgerApplication.#over(ports, stored.right) : fail(fault);
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
      return LedgerApplication.#over(ports, O.some(stored.right));
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
      return E.right(await issueProposalProof(state, chain, request, this.#ports.storageProver));
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
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const { meta, outcome } = candidate;
      const { history } = running.right;
      const { changes, executed, events, state } = outcome;
      const written = await this.#store.write([
        ...history.rows(running.right, meta, changes),
        ...this.#snapshots.rows({ meta, state }),
        ...blockRows(meta, changes, executed),
      ])();
      if (E.isLeft(written)) return fail(`block ${String(meta.height)} could not be stored: ${written.left.message}`);
      this.#candidate = undefined;
      history.committed({ meta, state });
      this.#snapshots.committed();
      this.#run({ meta, state }, history);
      for (const listener of this.#listeners) listener({ height: meta.height, executed, events });
      return E.right(undefined);
    });
  }

  query(request: QueryRequest): TaskEither<ApplicationError, Option<Uint8Array>> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const kept = await running.right.history.at(request.height ?? running.right.meta.height);
      return E.isLeft(kept) ? fail(kept.left) : answerQuery(kept.right.state, this.#store, request);
    });
  }

  /** The state after a height; Left: it is not kept, or not there yet, and which are. */
  stateAt(height: bigint): TaskEither<ApplicationError, LedgerState> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const kept = await running.right.history.at(height);
      return E.isLeft(kept) ? fail(kept.left) : E.right(kept.right.state);
    });
  }

  /**
   * What a block of this chain did: it is executed again on the state before it. Left where that is not kept, and for a block
   * that is invalid on it.
   */
  resultsOf(block: Block): TaskEither<ApplicationError, CommittedLedgerBlock> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const { history, chain } = running.right;
      const { height } = block.header;
      const before = await history.at(height - 1n);
      if (E.isLeft(before)) return fail(before.left);
      const outcome = await runBlock(before.right.state, chain, this.#lane, block);
      if (E.isLeft(outcome)) return fail(`block ${String(height)} is invalid: ${describeInvalidBlock(outcome.left)}`);
      const { executed, events } = outcome.right;
      return E.right({ height, executed, events });
    });
  }

  /** From which heights on states and transactions can be asked about. None before `initChain`. */
  keptRange(): Option<KeptRange> {
    return O.map(({ history }: Running) => history.range())(O.fromNullable(this.#running));
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
    return attempt(async () => {
      const loaded = await this.#snapshots.chunk(height, chunk);
      return E.isLeft(loaded) ? fail(loaded.left.message) : loaded;
    });
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
  exportedState(height?: bigint): TaskEither<ApplicationError, Iterable<string>> {
    return attempt(async () => {
      const running = this.#expectRunning();
      if (E.isLeft(running)) return running;
      const kept = await running.right.history.at(height ?? running.right.meta.height);
      return E.isLeft(kept) ? fail(kept.left) : E.right(exportState(kept.right));
    });
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
    const { hosted } = this.#ports;
    return { chainId, genesisHash, algorithm, ...(hosted === undefined ? {} : { hosted }) };
  }

  #run({ meta, state }: StoredLedger, history: KeptHistory): Running {
    const atSeconds = state.previous?.atSeconds ?? state.governance.at.timeSeconds;
    const chain = this.#chainOf(meta);
    const checkState: CheckState = openCheckState(state, chain, { height: meta.height + 1n, atSeconds });
    const gate = this.#running?.gate ?? createMempoolGate(this.#lane, chain, checkState);
    gate.reset(checkState);
    this.#running = { meta, state, chain, gate, history };
    this.#judged = [];
    return this.#running;
  }

  /** From a state that no block of this node led to, whose rows are durable. */
  #begun(stored: StoredLedger): Running {
    return this.#run(stored, beginHistory(this.#ports, stored));
  }

  async #replace(before: StoredLedger, after: StoredLedger): Promise<Either<ApplicationError, ProposalVerdict>> {
    const written = await this.#store.write(replacingRows(before, after))();
    if (E.isLeft(written)) return fail(`the snapshot could not be stored: ${written.left.message}`);
    this.#restore = undefined;
    this.#begun(after);
    return E.right({ _tag: 'Accept' });
  }

  async #begin(genesis: Genesis): Promise<Either<ApplicationError, Running>> {
    const first = firstLedger(genesis, this.#ports.hosted);
    if (E.isLeft(first)) return first;
    const written = await this.#store.write(genesisRows(first.right.meta, first.right.state))();
    if (E.isLeft(written)) return fail(`genesis could not be stored: ${written.left.message}`);
    return E.right(this.#begun(first.right));
  }

  #again(running: Running, genesis: Genesis): Either<ApplicationError, Running> {
    const refused = refusedGenesis(running.meta, genesis);
    return refused === undefined ? E.right(running) : fail(refused);
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
