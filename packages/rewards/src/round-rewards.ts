import {
  minBigint,
  mulDivFloor,
  rewardError,
  u64,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type RewardRound,
  type UsefulWorkType,
  type ValidatorReward,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped, notAnObject } from './refusals.ts';
import { poolsOf, type RewardPools } from './reward-pools.ts';
import { refusedRules, type RewardRules } from './reward-rules.ts';
import { orderedMembers, type SetMember } from './set-members.ts';
import { weighedWorkOf, type ProvenWork, type WeighedWork } from './work-units.ts';

/** What the round of one height is made of. */
export interface RoundInput {
  /** At least 2: the first block carries no certificate. */
  readonly height: bigint;
  /** Block time, unix seconds. */
  readonly time: bigint;
  /** In existence before the round, micro-ZHTP. */
  readonly supply: bigint;
  /** The whole frozen set of the previous height, in any order. */
  readonly members: readonly SetMember[];
  readonly work: ProvenWork;
}

const FIRST_ROUND = 2n;

/** Work pays at most this many times a member's share by power, because two can always sign receipts for each other. */
const WORK_PER_POWER_MAX = 2n;

/** ⌊pool · part / whole⌋; a pool that nobody has a part in pays nothing. */
export const shareOf = (pool: bigint, part: bigint, whole: bigint): bigint =>
  whole === 0n ? 0n : mulDivFloor(pool, part, whole);

export const sumOf = <A>(list: Iterable<A>, amount: (element: A) => bigint): bigint => {
  let sum = 0n;
  for (const element of list) sum += amount(element);
  return sum;
};

const refusedInput = (rules: RewardRules, input: RoundInput): ConsensusError | undefined =>
  refusedRules(rules) ??
  notAnObject('the input of a round', input) ??
  mistyped('height', u64, input.height) ??
  mistyped('time', u64, input.time) ??
  mistyped('supply', u64, input.supply) ??
  (input.height >= FIRST_ROUND
    ? undefined
    : rewardError('there is no reward round before height 2: nobody has signed yet', input.height));

/** The work bonus by kind: cumulative shares rounded down, so that the parts add up to it. */
const breakdown = (bonus: bigint, { total, byType }: WeighedWork): ReadonlyMap<UsefulWorkType, bigint> => {
  const parts = new Map<UsefulWorkType, bigint>();
  let weight = 0n;
  let given = 0n;
  for (const [workType, ownWeight] of byType) {
    weight += ownWeight;
    const upTo = shareOf(bonus, weight, total);
    parts.set(workType, upTo - given);
    given = upTo;
  }
  return parts;
};

/** What shares are measured against: sums over the whole set, so that leaving out a late precommit gains nobody anything. */
interface Denominators {
  readonly power: bigint;
  readonly reputedPower: bigint;
  readonly work: bigint;
}

const rewardOf = (member: SetMember, work: WeighedWork, pools: RewardPools, all: Denominators): ValidatorReward => {
  const { identity, votingPower, reputation } = member;
  const baseReward = shareOf(pools.base, votingPower, all.power);
  const participationBonus = shareOf(pools.participation, votingPower * reputation, all.reputedPower);
  const workBonus = minBigint(
    shareOf(pools.work, work.total, all.work),
    shareOf(WORK_PER_POWER_MAX * pools.work, votingPower, all.power),
  );
  return {
    validator: identity,
    baseReward,
    workBonus,
    participationBonus,
    totalReward: baseReward + workBonus + participationBonus,
    workBreakdown: breakdown(workBonus, work),
  };
};

const roundOf = (
  { height, time }: RoundInput,
  pools: RewardPools,
  members: readonly SetMember[],
  works: readonly WeighedWork[],
): RewardRound => {
  const all: Denominators = {
    power: sumOf(members, ({ votingPower }) => votingPower),
    reputedPower: sumOf(members, ({ votingPower, reputation }) => votingPower * reputation),
    work: sumOf(works, ({ total }) => total),
  };
  const validatorRewards = new Map<IdentityId, ValidatorReward>();
  for (const [i, member] of members.entries()) {
    const work = works[i];
    if (member.hasSigned && work !== undefined)
      validatorRewards.set(member.identity, rewardOf(member, work, pools, all));
  }
  const totalRewards = sumOf(validatorRewards.values(), ({ totalReward }) => totalReward);
  return { height, totalRewards, validatorRewards, timestamp: time, treasuryShare: pools.minted - totalRewards };
};

/**
 * The rewards of one height (economics.md, Rewards): signers of the previous block share three pools; what absentees,
 * pools without a claim and remainders leave is the treasury's, so that totalRewards + treasuryShare is what is minted,
 * to the unit. Pure: the same input gives the same round.
 */
export const calculateRound = (rules: RewardRules, input: RoundInput): ConsensusResult<RewardRound> => {
  const refused = refusedInput(rules, input);
  if (refused !== undefined) return E.left(refused);
  const members = orderedMembers(input.members);
  if (E.isLeft(members)) return members;
  const works = weighedWorkOf(members.right, input.work, rules.workMultipliers);
  return E.isLeft(works) ? works : E.right(roundOf(input, poolsOf(rules, input.supply), members.right, works.right));
};
