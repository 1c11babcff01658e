import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Hash, IdentityId } from './brand.ts';
import type { Block, CommitCertificate } from './block.ts';
import type { Evidence } from './evidence.ts';
import type { ConsensusProof } from './proofs.ts';
import type { FrozenValidator } from './frozen-validator.ts';
import type { ChainParameters, Genesis } from './genesis.ts';

/** A failure of the application itself, not of what it was asked about: the node stops with this message. */
export interface ApplicationError {
  readonly _tag: 'ApplicationError';
  readonly message: string;
}

/** Verdict on one transaction before it enters the mempool; sender and sequence order it, priority ranks it. */
export type CheckTxResult =
  | { readonly _tag: 'Accepted'; readonly sender: string; readonly sequence: bigint; readonly priority: bigint }
  | {
      readonly _tag: 'Rejected';
      readonly code: string;
      readonly reason: string;
      /**
       * True when no state of this chain would ever accept it: its encoding, or a signature that is not the known key's. Whoever
       * passed it on did not check it and is scored; for what is unknown, early, late or too cheap leave it out.
       */
      readonly provable?: boolean;
    };

/** Whether a proposed block, a snapshot or one of its chunks is accepted; `reason` is for people. */
export type ProposalVerdict = { readonly _tag: 'Accept' } | { readonly _tag: 'Reject'; readonly reason: string };

/** Outcome of one included transaction; a failed one is a receipt, never an exception. */
export interface TxResult {
  readonly transaction: Hash;
  readonly ok: boolean;
  /** Empty when ok, otherwise why not. */
  readonly message: string;
}

/** What a validator attached to its precommit for the block before. */
export interface VoteExtension {
  readonly voter: IdentityId;
  /** At most 16 KiB. */
  readonly extension: Uint8Array;
}

/** What a proposer's application builds a block from. */
export interface PrepareProposalRequest {
  readonly height: bigint;
  /** Unix milliseconds of the block to be built. */
  readonly time: bigint;
  readonly proposer: IdentityId;
  /** The block before's certificate and the evidence that the block will carry: both act before its transactions. */
  readonly lastCommit: CommitCertificate;
  readonly evidence: readonly Evidence[];
  /** Waiting transactions, best first; the answer may drop, add and reorder. */
  readonly transactions: readonly Uint8Array[];
  /** Room for transactions, bytes and count. */
  readonly maxBytes: number;
  readonly maxTransactions: number;
  /**
   * Accepted extensions of the precommits that decided the block before, in identity order. What reached this node: another
   * proposer may hold others, and one that caught up from peers few or none.
   */
  readonly voteExtensions: readonly VoteExtension[];
}

/** The block to be built, as far as the proof of its proposer goes by it. */
export type ProposalProofRequest = Pick<PrepareProposalRequest, 'height' | 'time' | 'proposer' | 'lastCommit'>;

/** What a proposer shows, or why it cannot: then it stays silent, and another round's proposer builds. */
export type ProposalProof =
  { readonly _tag: 'Proof'; readonly proof: ConsensusProof } | { readonly _tag: 'Unable'; readonly reason: string };

/** What executing a decided block led to; everybody must come to the same. */
export interface FinalizeBlockResult {
  /** Both stand in the next header. */
  readonly appHash: Hash;
  readonly resultsHash: Hash;
  /** One per transaction, in block order. */
  readonly results: readonly TxResult[];
  /** The whole set for height + 2 when it changes (protocol.md, Blocks). */
  readonly nextValidators: Option<readonly FrozenValidator[]>;
  /** Parameters for the next height when they change. */
  readonly parameters: Option<ChainParameters>;
  /** Compact difficulty of the next height. */
  readonly difficultyBits: number;
}

/** A question about committed state; what paths there are and how data and answers are encoded is the application's. */
export interface QueryRequest {
  /** Of the ledger: `account`, `supply`, `transaction` and others, see its README. */
  readonly path: string;
  readonly data: Uint8Array;
  /** Of the state after this block; the last committed one when left out. Refused when the application keeps none of it. */
  readonly height?: bigint;
}

/** A snapshot of the state after a block, in chunks. */
export interface SnapshotDescription {
  readonly height: bigint;
  /** Of its chunks; a release refuses those it does not know. */
  readonly format: number;
  /** How many. */
  readonly chunks: number;
  /** By which each chunk is known to be of it. */
  readonly hash: Hash;
}

/** A snapshot that a peer has, with what its state must hash to: the app hash in a verified header of the next height. */
export interface SnapshotOffer extends SnapshotDescription {
  readonly appHash: Hash;
}

/**
 * The replicated state machine behind consensus. Everything it answers for a block must follow from genesis and the
 * blocks alone: same inputs, same bytes, on every machine.
 */
export interface Application {
  /** Last committed height (the height before the initial one at first start) and its hash. */
  info(): TaskEither<ApplicationError, { readonly height: bigint; readonly appHash: Hash }>;
  /** Makes the state of a genesis, durably; its hashes stand in the first header. Asked again when no block followed. */
  initChain(
    genesis: Genesis,
  ): TaskEither<
    ApplicationError,
    { readonly appHash: Hash; readonly resultsHash: Hash; readonly difficultyBits: number }
  >;
  /** Whether the mempool lets a transaction wait. Nothing follows for blocks: each is judged by the state before it. */
  checkTx(transaction: Uint8Array): TaskEither<ApplicationError, CheckTxResult>;
  /**
   * The proof that a proposal of this node carries: all that its consensus type requires, bound to the block's second.
   * Judged by everybody's `processProposal`. An application without it cannot run a type that requires proofs.
   */
  proposalProof?(request: ProposalProofRequest): TaskEither<ApplicationError, ProposalProof>;
  /** The transactions of the block that this node proposes, in order, within the room that is given. */
  prepareProposal(request: PrepareProposalRequest): TaskEither<ApplicationError, readonly Uint8Array[]>;
  /** Deterministic: Reject makes honest validators vote Against. */
  processProposal(block: Block): TaskEither<ApplicationError, ProposalVerdict>;
  /** Executes a decided block without persisting it. */
  finalizeBlock(block: Block): TaskEither<ApplicationError, FinalizeBlockResult>;
  /** Makes the finalized block durable. */
  commit(): TaskEither<ApplicationError, void>;
  /** None: no such thing, no such path. */
  query(request: QueryRequest): TaskEither<ApplicationError, Option<Uint8Array>>;
  /** The snapshots that peers may have, newest first. */
  listSnapshots(): TaskEither<ApplicationError, readonly SnapshotDescription[]>;
  /** Begins to restore, before the first block; Reject: another snapshot may do. */
  offerSnapshot(snapshot: SnapshotOffer): TaskEither<ApplicationError, ProposalVerdict>;
  /** A chunk of one of them, by its index from 0, of 4 MiB at most; none when it is gone. */
  loadSnapshotChunk(height: bigint, chunk: number): TaskEither<ApplicationError, Option<Uint8Array>>;
  /**
   * Chunks in order. Accepting the last one makes the state durable, whole or not at all: until then `info` answers as before
   * the first block, also after a restart. Reject: it was not taken; after the last one, the snapshot was worth nothing.
   */
  applySnapshotChunk(chunk: number, bytes: Uint8Array): TaskEither<ApplicationError, ProposalVerdict>;
  /** Bytes to attach to our precommit for a block, at most 16 KiB. Asked once per slot; the answer is journaled. */
  extendVote?(block: Block): TaskEither<ApplicationError, Uint8Array>;
  /**
   * Whether an extension is fit to be handed to `prepareProposal`; its signature holds. Asked about the height in progress.
   * Rejecting it takes nothing from the precommit.
   */
  verifyVoteExtension?(
    height: bigint,
    voter: IdentityId,
    extension: Uint8Array,
  ): TaskEither<ApplicationError, ProposalVerdict>;
}
