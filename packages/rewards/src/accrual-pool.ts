import { minBigint, mulDivFloor, rewardError, u64, type ConsensusError, type ConsensusResult } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { RATIO_MAX, refusedPool, type AccrualPool } from './accrual-state.ts';
import { mistyped, notAnObject, refusedCommission } from './refusals.ts';

/** Ratios count in 10⁻¹⁸ micro-ZHTP of reward per micro-ZHTP of stake. */
export const RATIO_ONE = 10n ** 18n;

/** A pool after something flowed in, and what of it is the treasury's. */
export interface Allocation {
  readonly pool: AccrualPool;
  /** micro-ZHTP. */
  readonly toTreasury: bigint;
}

const refusedAllocation = (pool: AccrualPool, amount: bigint, commissionRate: number): ConsensusError | undefined =>
  refusedPool(pool) ??
  mistyped('amount', u64, amount) ??
  refusedCommission('commissionRate', commissionRate) ??
  mistyped('outstanding rewards with this amount', u64, pool.outstanding + amount);

/**
 * A reward enters: commission first, the rest is shared by stake (economics.md, Delegators). Of a pool slashed to nothing
 * all is the treasury's; of one whose stake has left, what remains after commission.
 * @param amount micro-ZHTP
 * @param commissionRate whole percent, 0 to 100
 */
export const allocate = (pool: AccrualPool, amount: bigint, commissionRate: number): ConsensusResult<Allocation> => {
  const refused = refusedAllocation(pool, amount, commissionRate);
  if (refused !== undefined) return E.left(refused);
  if (pool.isVoid) return E.right({ pool, toTreasury: amount });
  const commission = mulDivFloor(amount, BigInt(commissionRate), 100n);
  const shared = pool.stake === 0n ? 0n : amount - commission;
  return E.right({
    pool: {
      ...pool,
      commission: pool.commission + commission,
      current: pool.current + shared,
      outstanding: pool.outstanding + commission + shared,
    },
    toTreasury: amount - commission - shared,
  });
};

/** Ends the running period: its rewards become part of the ratio, the rounded part stays outstanding as dust. */
export const endPeriod = (pool: AccrualPool): AccrualPool =>
  pool.current === 0n || pool.stake === 0n
    ? pool
    : {
        ...pool,
        ratio: minBigint(RATIO_MAX, pool.ratio + mulDivFloor(pool.current, RATIO_ONE, pool.stake)),
        current: 0n,
      };

/** What bonded stake was before a slash and is after it, own and delegated together, micro-ZHTP. */
export interface BondedSlash {
  readonly before: bigint;
  readonly after: bigint;
}

const refusedSlash = (pool: AccrualPool, slash: BondedSlash): ConsensusError | undefined =>
  refusedPool(pool) ??
  notAnObject('the slash', slash) ??
  mistyped('bonded stake before a slash', u64, slash.before) ??
  mistyped('bonded stake after a slash', u64, slash.after) ??
  (slash.after <= slash.before
    ? undefined
    : rewardError(`bonded stake cannot grow by a slash from ${String(slash.before)}`, slash.after));

/**
 * Everybody's stake shrinks pro rata, at one step whatever their number. Down to nothing the pool is void: its shares are
 * worth nothing any more, only what had been earned before stays theirs (economics.md, Delegators).
 */
export const slashed = (pool: AccrualPool, slash: BondedSlash): ConsensusResult<AccrualPool> => {
  const refused = refusedSlash(pool, slash);
  if (refused !== undefined) return E.left(refused);
  const { before, after } = slash;
  if (before === after) return E.right(pool);
  const ended = endPeriod(pool);
  return E.right({
    ...ended,
    stake: mulDivFloor(ended.stake, after, before),
    slashes: ended.delegations === 0 ? ended.slashes : [...ended.slashes, { ratio: ended.ratio, before, after }],
    behind: ended.delegations,
    isVoid: ended.isVoid || after === 0n,
  });
};

/** Commission that left a pool. */
export interface CommissionPaid {
  readonly pool: AccrualPool;
  /** micro-ZHTP. */
  readonly paid: bigint;
}

/** The validator takes its commission. */
export const withdrawCommission = (pool: AccrualPool): ConsensusResult<CommissionPaid> => {
  const refused = refusedPool(pool);
  return refused === undefined
    ? E.right({
        pool: { ...pool, commission: 0n, outstanding: pool.outstanding - pool.commission },
        paid: pool.commission,
      })
    : E.left(refused);
};
