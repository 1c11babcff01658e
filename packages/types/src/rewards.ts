import { VALIDATORS_MAX } from './block.ts';
import * as C from './codec.ts';
import { identityCodec } from './codec.ts';

/** Work that is rewarded (economics.md, Rewards). */
export const usefulWorkTypeCodec = C.literals('UsefulWorkType', {
  NetworkRouting: 0,
  DataStorage: 1,
  Computation: 2,
  Validation: 3,
  BridgeOperations: 4,
});
export type UsefulWorkType = C.TypeOf<typeof usefulWorkTypeCodec>;

const USEFUL_WORK_TYPES = 5;

/** One validator's part of a round; all amounts in micro-ZHTP. */
export const validatorRewardCodec = C.struct('ValidatorReward', {
  validator: identityCodec,
  baseReward: C.u64,
  workBonus: C.u64,
  participationBonus: C.u64,
  totalReward: C.u64,
  /** Amount of the work bonus per kind of work. */
  workBreakdown: C.map(usefulWorkTypeCodec, C.u64, USEFUL_WORK_TYPES),
});
export type ValidatorReward = C.TypeOf<typeof validatorRewardCodec>;

/** The rewards of one height. */
export const rewardRoundCodec = C.struct('RewardRound', {
  height: C.u64,
  /** micro-ZHTP; Σ of the validators' total rewards. */
  totalRewards: C.u64,
  validatorRewards: C.map(identityCodec, validatorRewardCodec, VALIDATORS_MAX),
  /** Seconds of block time. */
  timestamp: C.u64,
  /** What absentees, empty pools and remainders leave to the treasury (economics.md, Rewards). */
  treasuryShare: C.u64,
});
export type RewardRound = C.TypeOf<typeof rewardRoundCodec>;

/** Over the rounds distributed so far; amounts in micro-ZHTP. */
export const rewardStatisticsCodec = C.struct('RewardStatistics', {
  totalRounds: C.u64,
  totalRewardsDistributed: C.u64,
  /** Rounded down; 0 before the first round. */
  averageRewardsPerRound: C.u64,
  currentBaseReward: C.u64,
});
export type RewardStatistics = C.TypeOf<typeof rewardStatisticsCodec>;
