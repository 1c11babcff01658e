export { validatorsFromGenesis } from './genesis-set.ts';
export type { Prioritized, Weighted, WeightedRotation } from './proposer-priority.ts';
export {
  nextRotation,
  roundRobinProposer,
  startRotation,
  WEIGHTED_ROUNDS,
  weightedProposers,
} from './proposer-rotation.ts';
export { increment } from './proposer-priority.ts';
export { applyChanges } from './set-changes.ts';
export { makeValidatorSet, TOTAL_POWER_MAX, type ValidatorSet } from './validator-set.ts';

export { Validator, type ValidatorTerms } from './validator.ts';
export { ValidatorManager, type ValidatorManagerOptions } from './validator-manager.ts';
export type { ValidatorCandidate } from './validator-record.ts';
export { effectiveReputation, REPUTATION_AT_START, REPUTATION_MAX } from './reputation.ts';
export { DEFAULT_RULES, type StakingRules, type VerifyPossession } from './staking-rules.ts';
export type { DelegationChanged, PoolSlashed, StakingEvent, ValidatorEvent } from './staking-event.ts';

export {
  delegationKey,
  emptyStaking,
  type BlockPoint,
  type Delegation,
  type StakingResult,
  type StakingState,
  type StakingTotals,
  type Transition,
} from './staking-state.ts';
export { bondedOf, poolOf, type BondedCheckpoint, type ValidatorAccount } from './validator-account.ts';
export { reactivate, register, release, releaseRefusal, remove, statsOf, type Registration } from './registry.ts';
export { remainingUnder, type Remaining } from './remaining-validators.ts';
export { bondStake, delegate, unbondStake, undelegate, type DelegationRequest } from './staking.ts';
export { redelegate, type RedelegationRequest } from './redelegation.ts';
export { rotateKey, type KeyRotation } from './key-rotation.ts';
export {
  changeCommission,
  jail,
  noteActivity,
  noteContribution,
  withRules,
  type Contribution,
  type GovernedRules,
} from './governed-rules.ts';
export { slashStake, type SlashOrder, type SlashTaken } from './slash.ts';
export { PPM_PER_PERCENT, type JailTerms } from './slash-consequences.ts';
export { convict, type Conviction, type DoubleSignProven } from './conviction.ts';
export type { Infraction } from './correlation.ts';
export { beginBlock, countSigning, endBlock, type SetChange, type Signing } from './block.ts';
export {
  countBlock,
  FRESH_WINDOW,
  LIVENESS_WINDOW_MAX,
  type LivenessRule,
  type LivenessWindow,
} from './liveness-window.ts';
export type { CommissionTerms } from './commission.ts';
export { DELEGATION_MIN, tokensOf, type DelegationPool } from './delegation-pool.ts';
export { ENTRIES_PER_PAIR_MAX, type RedelegationEntry, type UnbondingEntry } from './unbonding-entry.ts';
export { emptyMap, OrderedMap } from './ordered-map.ts';
export type { MapChange } from './avl-changes.ts';
