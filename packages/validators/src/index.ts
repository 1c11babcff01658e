export { validatorsFromGenesis } from './genesis-set.ts';
export type { Prioritized, Weighted, WeightedRotation } from './proposer-priority.ts';
export {
  nextRotation,
  roundRobinProposer,
  startRotation,
  WEIGHTED_ROUNDS,
  weightedProposers,
} from './proposer-rotation.ts';
export { centre, carryOver, increment, rescale } from './proposer-priority.ts';
export type { Registration, RegistryRules, VerifyPossession } from './registry.ts';
export { applyChanges } from './set-changes.ts';
export {
  canParticipate,
  createValidator,
  effectiveReputation,
  isInactive,
  withActivity,
  withStatus,
  type ValidatorCandidate,
} from './validator.ts';
export { ValidatorManager, type ValidatorEvent, type ValidatorManagerOptions } from './validator-manager.ts';
export { makeValidatorSet, TOTAL_POWER_MAX, validatorsHashOf, type ValidatorSet } from './validator-set.ts';
export { votingPower, type PowerBasis, type PowerRule } from './voting-power.ts';
