import {
  found,
  MICRO_PER_ZHTP,
  mulDivFloor,
  rewardError,
  U64_MAX,
  u64,
  type ConsensusError,
  type ConsensusResult,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped, notAnObject } from './refusals.ts';
import {
  DEFAULT_WORK_MULTIPLIERS,
  MULTIPLIER_BASIS_POINTS_MAX,
  USEFUL_WORK_TYPES,
  type WorkMultipliers,
} from './work-multiplier.ts';

/** The parameters of reward rounds: set in genesis and governable. */
export interface RewardRules {
  /** Base pool of a block, micro-ZHTP; the other pools are fractions of it. */
  readonly baseReward: bigint;
  /** Nothing is minted beyond it, micro-ZHTP. */
  readonly maxSupply: bigint;
  readonly workMultipliers: WorkMultipliers;
}

/** Highest base reward: the pools together are 13/10 of it and have to fit 64 bits. */
export const BASE_REWARD_MAX = mulDivFloor(U64_MAX, 10n, 13n);

/** 100 ZHTP per block; no limit of the supply but what 64 bits hold (economics.md, Rewards). */
export const DEFAULT_REWARD_RULES: RewardRules = {
  baseReward: 100n * MICRO_PER_ZHTP,
  maxSupply: U64_MAX,
  workMultipliers: DEFAULT_WORK_MULTIPLIERS,
};

/** Why a base reward is refused, or undefined. */
export const refusedBaseReward = (baseReward: unknown): ConsensusError | undefined =>
  u64.json.is(baseReward) && baseReward <= BASE_REWARD_MAX
    ? undefined
    : rewardError(
        `baseReward is ${found(baseReward)}, it must be a bigint from 0 to ${String(BASE_REWARD_MAX)} micro-ZHTP`,
      );

const refusedMultipliers = (multipliers: unknown): ConsensusError | undefined => {
  if (!(multipliers instanceof Map))
    return rewardError(`workMultipliers is ${found(multipliers)}, it must be a Map from work type to basis points`);
  for (const workType of USEFUL_WORK_TYPES) {
    const basisPoints: unknown = multipliers.get(workType);
    if (!u64.json.is(basisPoints) || basisPoints > MULTIPLIER_BASIS_POINTS_MAX)
      return rewardError(
        `the multiplier of ${workType} is ${found(basisPoints)}, it must be a bigint from 0 to ${String(MULTIPLIER_BASIS_POINTS_MAX)} basis points`,
      );
  }
  return multipliers.size === USEFUL_WORK_TYPES.length
    ? undefined
    : rewardError(`workMultipliers must have an entry for each of ${USEFUL_WORK_TYPES.join(', ')} and no other`);
};

/** Which rule makes no sense, or undefined. */
export const refusedRules = (rules: RewardRules): ConsensusError | undefined =>
  notAnObject('the reward rules', rules) ??
  refusedBaseReward(rules.baseReward) ??
  mistyped('maxSupply', u64, rules.maxSupply) ??
  refusedMultipliers(rules.workMultipliers);

/** Completes partial rules with the defaults and judges them; RewardError names what is out of range. */
export const rewardRules = (partial: Partial<RewardRules> = {}): ConsensusResult<RewardRules> => {
  const refused = notAnObject('the reward rules', partial);
  if (refused !== undefined) return E.left(refused);
  const rules = { ...DEFAULT_REWARD_RULES, ...partial };
  const wrong = refusedRules(rules);
  return wrong === undefined ? E.right(rules) : E.left(wrong);
};
