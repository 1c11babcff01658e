import type { AppliedPenalty } from '@zhtp/byzantine';
import type { GovernanceEvent } from '@zhtp/dao';
import type { RewardRound } from '@zhtp/types';
import type { ValidatorEvent } from '@zhtp/validators';

/** What happened in a block beside its receipts: the events of the packages whose rules ran, in order, and the ledger's own. */
export type ChainEvent =
  | ValidatorEvent
  | GovernanceEvent
  | { readonly _tag: 'PenaltyApplied'; readonly penalty: AppliedPenalty }
  | { readonly _tag: 'RewardsDistributed'; readonly round: RewardRound }
  | { readonly _tag: 'DifficultyAdjusted'; readonly height: bigint; readonly bits: number };
