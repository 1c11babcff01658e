export {
  allocate,
  EMPTY_POOL,
  endPeriod,
  RATIO_ONE,
  slashed,
  withdrawCommission,
  type AccrualPool,
  type Allocation,
  type BondedSlash,
  type CommissionPaid,
  type SlashMark,
} from './accrual-pool.ts';
export {
  changeStake,
  pendingRewards,
  presentStake,
  withdrawRewards,
  type AccrualStake,
  type Settlement,
} from './accrual-stake.ts';
export { DelegatorRewards, type DelegationKey, type DelegatorRewardEvent, type Payout } from './delegator-rewards.ts';
export { DEFAULT_FEE_SHARES, splitFees, type FeeInput, type FeeShares, type FeeSplit } from './fee-split.ts';
export {
  RewardCalculator,
  type RewardCalculatorOptions,
  type RewardEvent,
  type RoundExtras,
} from './reward-calculator.ts';
export type { RewardReceiver } from './reward-distribution.ts';
export { poolsOf, type RewardPools } from './reward-pools.ts';
export { BASE_REWARD_MAX, DEFAULT_REWARD_RULES, rewardRules, type RewardRules } from './reward-rules.ts';
export { calculateRound, type RoundInput } from './round-rewards.ts';
export { membersOf, type RewardedRegistry, type RewardedSet, type SetMember, type Signers } from './set-members.ts';
export { DEFAULT_WORK_MULTIPLIERS, multiplierInBasisPoints, type WorkMultipliers } from './work-multiplier.ts';
export type { ProvenWork } from './work-units.ts';
