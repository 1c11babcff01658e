export {
  allocate,
  RATIO_ONE,
  slashed,
  withdrawCommission,
  type Allocation,
  type BondedSlash,
  type CommissionPaid,
} from './accrual-pool.ts';
export { changeStake, pendingRewards, withdrawRewards, type Settlement } from './accrual-stake.ts';
export { EMPTY_POOL, type AccrualPool, type AccrualStake, type SlashMark } from './accrual-state.ts';
export { DelegatorRewards, type DelegationKey, type DelegatorRewardEvent, type Payout } from './delegator-rewards.ts';
export { DEFAULT_FEE_SHARES, splitFees, type FeeInput, type FeeShares, type FeeSplit } from './fee-split.ts';
export {
  RewardCalculator,
  type RewardCalculatorOptions,
  type RewardEvent,
  type RoundExtras,
} from './reward-calculator.ts';
export type { RewardReceiver } from './reward-distribution.ts';
export { BASE_REWARD_MAX, DEFAULT_REWARD_RULES, rewardRules, type RewardRules } from './reward-rules.ts';
export { calculateRound, type RoundInput } from './round-rewards.ts';
export { membersOf, type RewardedRegistry, type RewardedSet, type SetMember, type Signers } from './set-members.ts';
export { DEFAULT_WORK_MULTIPLIERS, multiplierInBasisPoints, type WorkMultipliers } from './work-multiplier.ts';
export type { ProvenWork } from './work-units.ts';
