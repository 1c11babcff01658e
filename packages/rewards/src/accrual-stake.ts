import { floorDiv, mulDivFloor, rewardError, u64, type ConsensusError, type ConsensusResult } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { endPeriod, RATIO_ONE } from './accrual-pool.ts';
import {
  isBehind,
  marksSince,
  refusedPool,
  refusedStake,
  slashesSoFar,
  type AccrualPool,
  type AccrualStake,
} from './accrual-state.ts';
import { mistyped, notAnObject } from './refusals.ts';

/** What a delegation has come to. */
interface Earned {
  /** What slashes since have left of the stake, micro-ZHTP. */
  readonly stake: bigint;
  /** micro-ZHTP. */
  readonly rewards: bigint;
}

/**
 * Walks the slashes since the last settlement, whose number has nothing to do with the number of delegators; what they
 * have brought to nothing ends the walk. Rounds down once, at the end.
 */
const earned = (ended: AccrualPool, since: AccrualStake): Earned => {
  let { stake, ratio } = since;
  let rewards = 0n;
  for (const slash of marksSince(ended, since)) {
    if (stake === 0n) break;
    rewards += stake * (slash.ratio - ratio);
    stake = mulDivFloor(stake, slash.after, slash.before);
    ratio = slash.ratio;
  }
  rewards += stake * (ended.ratio - ratio);
  return { stake, rewards: floorDiv(rewards, RATIO_ONE) };
};

/** What a delegation could withdraw now, micro-ZHTP; nothing for one that is not on record. */
export const pendingRewards = (pool: AccrualPool, since: AccrualStake | undefined): ConsensusResult<bigint> => {
  const refused = refusedPool(pool) ?? refusedStake(pool, since);
  if (refused !== undefined) return E.left(refused);
  return E.right(since === undefined ? 0n : earned(endPeriod(pool), since).rewards);
};

/** The recorded stake of a delegation after every slash so far, micro-ZHTP. */
export const presentStake = (pool: AccrualPool, since: AccrualStake | undefined): bigint =>
  since === undefined ? 0n : earned(pool, since).stake;

/** A settled delegation. */
export interface Settlement {
  readonly pool: AccrualPool;
  /** Undefined once the delegation has left. */
  readonly delegation: AccrualStake | undefined;
  /** The delegator's, micro-ZHTP. */
  readonly paid: bigint;
  /** Dust that the last one leaves behind, micro-ZHTP. */
  readonly toTreasury: bigint;
}

const refusedChange = (
  pool: AccrualPool,
  since: AccrualStake | undefined,
  stake: bigint,
): ConsensusError | undefined => {
  const untyped = refusedPool(pool) ?? refusedStake(pool, since) ?? mistyped('stake', u64, stake);
  if (untyped !== undefined) return untyped;
  if (pool.isVoid && stake > 0n)
    return rewardError('this validator’s stake was slashed to nothing; delegate to another', stake);
  return mistyped('stake of the pool with this change', u64, pool.stake - presentStake(pool, since) + stake);
};

/** Marks go when everybody was settled over them: a validator that is slashed for life leaves none. */
const withoutSettledMarks = (pool: AccrualPool): AccrualPool =>
  pool.behind > 0 || pool.slashes.length === 0 ? pool : { ...pool, slashes: [], forgotten: slashesSoFar(pool) };

/** The pool without anybody: what rounding left over is the treasury's. */
const deserted = (pool: AccrualPool): { readonly pool: AccrualPool; readonly toTreasury: bigint } => ({
  pool: { ...pool, stake: 0n, current: 0n, outstanding: pool.commission },
  toTreasury: pool.outstanding - pool.commission,
});

/**
 * Settles a delegation, pays it out, and goes on with another stake: every change of stake passes here (economics.md,
 * Delegators). `since` undefined opens one, `stake` 0 ends it; the last to leave sends the dust to the treasury. Refused:
 * stake beyond 64 bits, and any in a pool slashed to nothing.
 * @param stake what is delegated from now on, micro-ZHTP
 */
export const changeStake = (
  pool: AccrualPool,
  since: AccrualStake | undefined,
  stake: bigint,
): ConsensusResult<Settlement> => {
  const refused = refusedChange(pool, since, stake);
  if (refused !== undefined) return E.left(refused);
  const ended = endPeriod(pool);
  const before = since === undefined ? { stake: 0n, rewards: 0n } : earned(ended, since);
  const delegations = ended.delegations - (since === undefined ? 0 : 1) + (stake === 0n ? 0 : 1);
  const settled = withoutSettledMarks({
    ...ended,
    stake: ended.stake - before.stake + stake,
    delegations,
    behind: ended.behind - (since !== undefined && isBehind(ended, since) ? 1 : 0),
    outstanding: ended.outstanding - before.rewards,
  });
  const { pool: after, toTreasury } =
    delegations === 0 && since !== undefined ? deserted(settled) : { pool: settled, toTreasury: 0n };
  const delegation = stake === 0n ? undefined : { stake, ratio: after.ratio, slashes: slashesSoFar(after) };
  return E.right({ pool: after, delegation, paid: before.rewards, toTreasury });
};

/**
 * Pays a delegation what it has earned and leaves its stake as it is. A delegation that slashes brought to nothing leaves.
 */
export const withdrawRewards = (pool: AccrualPool, since: AccrualStake | undefined): ConsensusResult<Settlement> => {
  const untyped = refusedPool(pool) ?? notAnObject('the delegation', since) ?? refusedStake(pool, since);
  return untyped === undefined ? changeStake(pool, since, presentStake(pool, since)) : E.left(untyped);
};
