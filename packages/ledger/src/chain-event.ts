import type { AppliedPenalty } from '@zhtp/byzantine';
import type { GovernanceEvent } from '@zhtp/dao';
import type { IdentityId, RewardRound } from '@zhtp/types';
import type { ValidatorEvent } from '@zhtp/validators';
import type { StorageCommitment } from './proofs/proof-state.ts';

/** What happened in a block beside its receipts: the events of the packages whose rules ran, in order, and the ledger's own. */
export type ChainEvent =
  | ValidatorEvent
  | GovernanceEvent
  | { readonly _tag: 'PenaltyApplied'; readonly penalty: AppliedPenalty }
  | { readonly _tag: 'RewardsDistributed'; readonly round: RewardRound }
  /** By a message that asked for them. micro-ZHTP, a validator's own commission included. */
  | {
      readonly _tag: 'RewardsClaimed';
      readonly delegator: IdentityId;
      readonly validator: IdentityId;
      readonly amount: bigint;
    }
  | { readonly _tag: 'StorageCommitted'; readonly validator: IdentityId; readonly commitment: StorageCommitment }
  | { readonly _tag: 'StorageWithdrawn'; readonly validator: IdentityId }
  /** By a proposal or a transaction. Bytes. */
  | {
      readonly _tag: 'StorageProven';
      readonly validator: IdentityId;
      readonly capacity: bigint;
      readonly challengeHeight: bigint;
    }
  /** Units by the receipts of one message. */
  | {
      readonly _tag: 'WorkProven';
      readonly validator: IdentityId;
      readonly receipts: number;
      readonly routingWork: bigint;
      readonly computeWork: bigint;
    }
  | { readonly _tag: 'DifficultyAdjusted'; readonly height: bigint; readonly bits: number };
