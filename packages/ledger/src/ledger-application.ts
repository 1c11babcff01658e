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
import { finalizeBlockResult, finalizedBlock, type FinalizedBlock } from './finalized-block.ts';
import { firstLedger, refusedGenesis } from './first-ledger.ts';
import { rejection } from './invalid-transaction.ts';
import { createJudgedBlocks } from './judged-blocks.ts';
import type { LedgerPorts } from './ledger-ports.ts';
import { answerQuery } from './ledger-query.ts';
import type { LedgerState } from './ledger-state.ts';
import { createMempoolGate, type MempoolGate } from './mempool-gate.ts';
import { openImported, openStored, standOn, type OpenedLedger, type Standing } from './opened-ledger.ts';
import { openTransaction } from './opened-transaction.ts';
import { issueProposalProof, refusedProof } from './proofs/proposal-proof.ts';
import { describeInvalidBlock, runBlock } from './run-block.ts';
import { selectTransactions } from './select-transactions.ts';
import type { KeptHistory } from './state/kept-history.ts';
import type { KeptRange } from './state/kept-range.ts';
import { createOfferedSnapshot } from './state/offered-snapshot.ts';
import type { SnapshotKeeper } from './state/snapshot-keeper.ts';
import { exportState } from './state/state-export.ts';
import { blockRows, genesisRows, replacingRows, type LedgerMeta, type StoredLedger } from './stored-ledger.ts';
import { createVerificationLane, type VerificationLane } from './verification-lane.ts';

/** Valid signatures inside messages remembered between `checkTx` and the block. */
const VERIFIED_SIGNATURES_MAX = 10_000;

const ACCEPT: ProposalVerdict = { _tag: 'Accept' };
const reject = (reason: string): ProposalVerdict => ({ _tag: 'Reject', reason });

interface Running extends StoredLedger {
  readonly chain: ChainContext;
  readonly gate: MempoolGate;
  readonly history: KeptHistory;
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
  /** Finalized last, not committed yet. */
  #candidate: FinalizedBlock | undefined;
  readonly #judged = createJudgedBlocks();
  readonly #snapshots: SnapshotKeeper;
  readonly #offered = createOfferedSnapshot();
  readonly #listeners = new Set<CommitListener>();

  private constructor(ports: LedgerPorts, { standing, snapshots }: OpenedLedger) {
    this.#ports = ports;
    this.#store = ports.store;
    this.#lane = createVerificationLane(
      ports.verifier,
      ports.verifiedCache ?? createVerifiedCache(VERIFIED_SIGNATURES_MAX),
    );
    this.#snapshots = snapshots;
    if (standing !== undefined) this.#run(standing);
  }

  /** Reads back what is stored and checks it against its app hash; damage and unknown formats are named, never repaired. */
  static open(ports: LedgerPorts): TaskEither<ApplicationError, LedgerApplication> {
    return attempt(async () => {
      const opened = await openStored(ports);
      return E.isLeft(opened) ? opened : E.right(new LedgerApplication(ports, opened.right));
    });
  }

  /**
   * Makes an exported state durable in a store without one; what is wrong with it is named, see `importState`. That its
   * app hash is the chain's, only a verified header says.
   */
  static import(ports: LedgerPorts, exported: unknown): TaskEither<ApplicationError, LedgerApplication> {
    return attempt(async () => {
      const opened = await openImported(ports, exported);
      return E.isLeft(opened) ? opened : E.right(new LedgerApplication(ports, opened.right));
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
    return this.#asked(async ({ chain, gate }) => {
      const opened = openTransaction(chain, transaction);
      return E.right(E.isRight(opened) ? await gate.check(opened.right) : rejection(opened.left));
    });
  }

  proposalProof(request: ProposalProofRequest): TaskEither<ApplicationError, ProposalProof> {
    return this.#askedAboutNext(request.height, async ({ state, chain }) =>
      E.right(await issueProposalProof(state, chain, request, this.#ports.storageProver)),
    );
  }

  prepareProposal(request: PrepareProposalRequest): TaskEither<ApplicationError, readonly Uint8Array[]> {
    return this.#askedAboutNext(request.height, async ({ state, chain }) =>
      E.right(await selectTransactions(state, chain, this.#lane, request)),
    );
  }

  /** The proof of the block's proposer first: it costs one signature at most, the transactions up to a thousand. */
  processProposal(block: Block): TaskEither<ApplicationError, ProposalVerdict> {
    return this.#askedAboutNext(block.header.height, async (running) => {
      const { state, chain } = running;
      const unproven = await refusedProof(state, chain, this.#lane, block);
      if (unproven !== undefined) return E.right(reject(unproven));
      const outcome = await this.#outcomeOf(running, block);
      if (E.isLeft(outcome)) return E.right(reject(outcome.left));
      // Only what was executed on the state that is still the committed one.
      if (this.#running === running) this.#judged.keep(block, outcome.right);
      return E.right(ACCEPT);
    });
  }

  finalizeBlock(block: Block): TaskEither<ApplicationError, FinalizeBlockResult> {
    const { height } = block.header;
    return this.#askedAboutNext(height, async (running) => {
      const outcome = await this.#outcomeOf(running, block);
      if (E.isLeft(outcome)) return fail(`decided block ${String(height)} is invalid: ${outcome.left}`);
      // Another commit may have come in between.
      const still = this.#expectNext(height);
      if (E.isLeft(still)) return still;
      this.#candidate = finalizedBlock(running.meta, outcome.right);
      return E.right(finalizeBlockResult(outcome.right));
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
      this.#run({ stored: { meta, state }, history });
      for (const listener of this.#listeners) listener({ height: meta.height, executed, events });
      return E.right(undefined);
    });
  }

  query(request: QueryRequest): TaskEither<ApplicationError, Option<Uint8Array>> {
    return this.#askedAboutState(request.height, async ({ state }) => answerQuery(state, this.#store, request));
  }

  /** The state after a height; Left: it is not kept, or not there yet, and which are. */
  stateAt(height: bigint): TaskEither<ApplicationError, LedgerState> {
    return this.#askedAboutState(height, async ({ state }) => E.right(state));
  }

  /**
   * What a block of this chain did: it is executed again on the state before it. Left where that is not kept, and for a block
   * that is invalid on it.
   */
  resultsOf(block: Block): TaskEither<ApplicationError, CommittedLedgerBlock> {
    return this.#asked(async ({ chain, history }) => {
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
  offerSnapshot(offer: SnapshotOffer): TaskEither<ApplicationError, ProposalVerdict> {
    return this.#asked(async ({ meta }) => {
      const refused = this.#offered.offer(offer, meta);
      return E.right(refused === undefined ? ACCEPT : reject(refused));
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
    return this.#asked(async (running) => {
      const applied = this.#offered.apply(chunk, bytes);
      switch (applied._tag) {
        case 'More':
          return E.right(ACCEPT);
        case 'Refused':
        case 'Abandoned':
          return E.right(reject(applied.reason));
        case 'Complete':
          return this.#replace(running, applied.stored);
      }
    });
  }

  /** The state after a height as text, see `exportState`; the last committed one when no height is given. */
  exportedState(height?: bigint): TaskEither<ApplicationError, Iterable<string>> {
    return this.#askedAboutState(height, async (kept) => E.right(exportState(kept)));
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

  #run({ stored: { meta, state }, history }: Standing): Running {
    const atSeconds = state.previous?.atSeconds ?? state.governance.at.timeSeconds;
    const chain = this.#chainOf(meta);
    const checkState: CheckState = openCheckState(state, chain, { height: meta.height + 1n, atSeconds });
    const gate = this.#running?.gate ?? createMempoolGate(this.#lane, chain, checkState);
    gate.reset(checkState);
    this.#running = { meta, state, chain, gate, history };
    this.#judged.forget();
    return this.#running;
  }

  async #replace(before: StoredLedger, after: StoredLedger): Promise<Either<ApplicationError, ProposalVerdict>> {
    const written = await this.#store.write(replacingRows(before, after))();
    if (E.isLeft(written)) return fail(`the snapshot could not be stored: ${written.left.message}`);
    this.#run(standOn(this.#ports, after));
    return E.right(ACCEPT);
  }

  async #begin(genesis: Genesis): Promise<Either<ApplicationError, Running>> {
    const first = firstLedger(genesis, this.#ports.hosted);
    if (E.isLeft(first)) return first;
    const written = await this.#store.write(genesisRows(first.right.meta, first.right.state))();
    if (E.isLeft(written)) return fail(`genesis could not be stored: ${written.left.message}`);
    return E.right(this.#run(standOn(this.#ports, first.right)));
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

  /** What can be answered from genesis on. */
  #asked<A>(answer: (running: Running) => Promise<Either<ApplicationError, A>>): TaskEither<ApplicationError, A> {
    return attempt(async () => {
      const running = this.#expectRunning();
      return E.isLeft(running) ? running : answer(running.right);
    });
  }

  /** What can be answered about the block after the committed one alone. */
  #askedAboutNext<A>(
    height: bigint,
    answer: (running: Running) => Promise<Either<ApplicationError, A>>,
  ): TaskEither<ApplicationError, A> {
    return attempt(async () => {
      const running = this.#expectNext(height);
      return E.isLeft(running) ? running : answer(running.right);
    });
  }

  /** What can be answered of a kept height; of the committed one where none is given. */
  #askedAboutState<A>(
    height: bigint | undefined,
    answer: (kept: StoredLedger) => Promise<Either<ApplicationError, A>>,
  ): TaskEither<ApplicationError, A> {
    return this.#asked(async ({ history, meta }) => {
      const kept = await history.at(height ?? meta.height);
      return E.isLeft(kept) ? fail(kept.left) : answer(kept.right);
    });
  }

  async #outcomeOf({ state, chain }: Running, block: Block): Promise<Either<string, BlockOutcome>> {
    const judged = this.#judged.outcomeOf(block);
    if (judged !== undefined) return E.right(judged);
    return E.mapLeft(describeInvalidBlock)(await runBlock(state, chain, this.#lane, block));
  }
}
