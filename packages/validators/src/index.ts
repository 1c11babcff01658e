export { validatorsFromGenesis } from './genesis-set.ts';
export { roundRobinProposer } from './proposer-rotation.ts';
export { makeValidatorSet, TOTAL_POWER_MAX, validatorsHashOf, type ValidatorSet } from './validator-set.ts';
export { votingPower, type PowerBasis, type PowerRule } from './voting-power.ts';
