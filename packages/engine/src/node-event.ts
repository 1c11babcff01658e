import type { Step } from '@zhtp/bft';
import type {
  Block,
  CommitCertificate,
  ConsensusProposal,
  ConsensusVote,
  Evidence,
  Hash,
  IdentityId,
  PeerId,
  TxResult,
} from '@zhtp/types';
import type { ExecutionResult } from './intake/attestations.ts';

/** What a node tells whoever watches. Nothing in the protocol reads it. */
export type NodeEvent =
  | { readonly _tag: 'HeightStarted'; readonly height: bigint }
  | {
      readonly _tag: 'StepEntered';
      readonly height: bigint;
      readonly round: number;
      readonly step: Step;
      readonly proposer: IdentityId;
    }
  | { readonly _tag: 'ProposalAccepted'; readonly proposal: ConsensusProposal }
  | { readonly _tag: 'VoteAccepted'; readonly vote: ConsensusVote }
  /** It was our turn, and the application has no proof to propose with: somebody else builds in the next round. */
  | { readonly _tag: 'ProposalWithheld'; readonly height: bigint; readonly round: number; readonly reason: string }
  /** A body broke a deterministic rule: we vote Against it. */
  | { readonly _tag: 'BlockRefused'; readonly height: bigint; readonly blockId: Hash; readonly reason: string }
  | {
      readonly _tag: 'Decided';
      readonly height: bigint;
      readonly round: number;
      readonly blockId: Hash;
      readonly synced: boolean;
    }
  | {
      readonly _tag: 'BlockCommitted';
      readonly block: Block;
      readonly blockId: Hash;
      readonly certificate: CommitCertificate;
      readonly appHash: Hash;
      readonly results: readonly TxResult[];
    }
  /** The application refuses what came with a precommit; the precommit counts. */
  | {
      readonly _tag: 'ExtensionRejected';
      readonly height: bigint;
      readonly round: number;
      readonly voter: IdentityId;
      readonly reason: string;
    }
  /** Verified evidence that is new to this node, found here, gossiped or in a block. */
  | { readonly _tag: 'EvidenceFound'; readonly evidence: Evidence }
  /**
   * More than a third of the power attests another result of this height than ours; `decided`: more than two thirds attest
   * `theirs`. Compare versions and data: the block that carries their result stops this node.
   */
  | {
      readonly _tag: 'ResultDiverged';
      readonly height: bigint;
      readonly ours: ExecutionResult;
      /** The result with most power behind it, of those that differ from ours. */
      readonly theirs: ExecutionResult;
      /** Of everybody who attests another result than ours. */
      readonly power: bigint;
      readonly totalPower: bigint;
      readonly decided: boolean;
    }
  | { readonly _tag: 'Signed'; readonly message: 'Proposal' | 'Vote'; readonly height: bigint; readonly round: number }
  | { readonly _tag: 'SignerRefused'; readonly height: bigint; readonly round: number; readonly reason: string }
  | { readonly _tag: 'Replayed'; readonly height: bigint; readonly records: number }
  | { readonly _tag: 'PeerBound'; readonly peer: PeerId; readonly validator: IdentityId }
  | { readonly _tag: 'PeerLost'; readonly peer: PeerId }
  /** So many validators are silent that the rest may be no quorum; once, when it begins. Seconds; identity order. */
  | {
      readonly _tag: 'ConsensusStalled';
      readonly height: bigint;
      readonly round: number;
      readonly timedOutValidators: readonly IdentityId[];
      readonly totalValidators: number;
      readonly timestamp: bigint;
    }
  /** Enough are heard again; once, when a stall ends. */
  | {
      readonly _tag: 'ConsensusRecovered';
      readonly height: bigint;
      readonly round: number;
      readonly timestamp: bigint;
    }
  /** A node that joins by a snapshot: what it does, about the snapshot of which height, before it takes part in any. */
  | {
      readonly _tag: 'StateSync';
      readonly stage: 'Searching' | 'Chosen' | 'Restoring' | 'Refused' | 'Restored';
      readonly height: bigint;
      readonly detail: string;
    }
  /** The node stopped itself; `reason` says why and what to do. */
  | { readonly _tag: 'Halted'; readonly reason: string };
