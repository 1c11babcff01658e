import type { EvidenceFound, Step } from '@zhtp/bft';
import type {
  Block,
  CommitCertificate,
  ConsensusProposal,
  ConsensusVote,
  Hash,
  IdentityId,
  PeerId,
  TxResult,
} from '@zhtp/types';

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
  | { readonly _tag: 'EvidenceFound'; readonly evidence: EvidenceFound<ConsensusVote, ConsensusProposal> }
  | { readonly _tag: 'Signed'; readonly message: 'Proposal' | 'Vote'; readonly height: bigint; readonly round: number }
  | { readonly _tag: 'SignerRefused'; readonly height: bigint; readonly round: number; readonly reason: string }
  | { readonly _tag: 'Replayed'; readonly height: bigint; readonly records: number }
  | { readonly _tag: 'PeerBound'; readonly peer: PeerId; readonly validator: IdentityId }
  | { readonly _tag: 'PeerLost'; readonly peer: PeerId }
  /** The node stopped itself; `reason` says why and what to do. */
  | { readonly _tag: 'Halted'; readonly reason: string };
