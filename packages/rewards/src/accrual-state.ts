import { found, rewardError, u64, type ConsensusError } from '@zhtp/types';
import { isList, isObject, mistyped, notAnObject } from './refusals.ts';

/** A slash between two periods: stake that was in place lost this share of itself. */
export interface SlashMark {
  /** Cumulative ratio when it happened. */
  readonly ratio: bigint;
  /** Bonded to the validator before and after, own and delegated, micro-ZHTP. */
  readonly before: bigint;
  readonly after: bigint;
}

/**
 * What one validator and its delegators have earned and not withdrawn, by the F1 scheme: a period lasts from one change of
 * stake to the next and leaves one number behind, so that a reward costs the same however many delegators there are.
 */
export interface AccrualPool {
  /** Stake that shares the rewards, own and delegated, micro-ZHTP; never less than the sum of the stakes on record. */
  readonly stake: bigint;
  /** Delegations on record; the validator's own stake is one of them. */
  readonly delegations: number;
  /** Σ over ended periods of ⌊rewards · 10¹⁸ / stake⌋, up to {@link RATIO_MAX}. */
  readonly ratio: bigint;
  /** Rewards of the running period after commission, micro-ZHTP. */
  readonly current: bigint;
  /** Commission not withdrawn yet, micro-ZHTP. */
  readonly commission: bigint;
  /** Everything not paid out yet, commission and dust included, micro-ZHTP. */
  readonly outstanding: bigint;
  /** Over which not everybody was settled yet; empty when nobody is behind. */
  readonly slashes: readonly SlashMark[];
  /** How many slashes came before those: nobody refers to them any more. */
  readonly forgotten: number;
  /** Delegations that were not settled since the last slash. */
  readonly behind: number;
  /** Slashed to nothing: rewards go to the treasury and nobody can join. */
  readonly isVoid: boolean;
}

/** Of a validator that nobody holds stake with. */
export const EMPTY_POOL: AccrualPool = {
  stake: 0n,
  delegations: 0,
  ratio: 0n,
  current: 0n,
  commission: 0n,
  outstanding: 0n,
  slashes: [],
  forgotten: 0,
  behind: 0,
  isVoid: false,
};

/** One delegation since it was last settled. A validator's own stake is one like any other. */
export interface AccrualStake {
  /** micro-ZHTP. */
  readonly stake: bigint;
  /** Cumulative ratio of the pool then. */
  readonly ratio: bigint;
  /** How many slashes of the pool lay behind it then, forgotten ones too. */
  readonly slashes: number;
}

/**
 * Where a ratio stays: some units of stake that earned 3 · 10²⁰ each, in fees that were paid over and over. What is earned
 * beyond it stays outstanding as dust.
 */
export const RATIO_MAX = (1n << 128n) - 1n;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && !Object.is(value, -0);

const mistypedRatio = (field: string, ratio: unknown): ConsensusError | undefined =>
  typeof ratio === 'bigint' && ratio >= 0n && ratio <= RATIO_MAX
    ? undefined
    : rewardError(`${field} is ${found(ratio)}, it must be a bigint from 0 to 2^128 - 1`);

const mistypedCount = (field: string, count: unknown): ConsensusError | undefined =>
  isCount(count) && count >= 0 ? undefined : rewardError(`${field} is ${found(count)}, it must be a whole number`);

/** Why a record cannot be a pool, or undefined; looks at no single slash. */
export const refusedPool = (pool: AccrualPool): ConsensusError | undefined =>
  notAnObject('the accrual pool', pool) ??
  mistyped('stake of the pool', u64, pool.stake) ??
  mistypedCount('delegations of the pool', pool.delegations) ??
  mistypedRatio('ratio of the pool', pool.ratio) ??
  mistyped('current rewards of the pool', u64, pool.current) ??
  mistyped('commission of the pool', u64, pool.commission) ??
  mistyped('outstanding rewards of the pool', u64, pool.outstanding) ??
  (isList(pool.slashes)
    ? undefined
    : rewardError(`slashes of the pool is ${found(pool.slashes)}, it must be a list`)) ??
  mistypedCount('forgotten slashes of the pool', pool.forgotten) ??
  mistypedCount('delegations of the pool that are behind', pool.behind) ??
  (typeof pool.isVoid === 'boolean'
    ? undefined
    : rewardError(`isVoid of the pool is ${found(pool.isVoid)}, it must be true or false`));

/** All slashes of a pool so far: where a delegation stands that is settled now. */
export const slashesSoFar = ({ forgotten, slashes }: AccrualPool): number => forgotten + slashes.length;

/** Whether slashes came since a delegation was settled. */
export const isBehind = (pool: AccrualPool, since: AccrualStake): boolean => since.slashes < slashesSoFar(pool);

/** The slashes since a delegation was settled, oldest first. */
export const marksSince = (pool: AccrualPool, since: AccrualStake): readonly SlashMark[] =>
  pool.slashes.slice(Math.max(0, since.slashes - pool.forgotten));

const refusedMark = (mark: SlashMark): ConsensusError | undefined =>
  isObject(mark)
    ? (mistypedRatio('ratio of a slash', mark.ratio) ??
      mistyped('bonded stake before a slash', u64, mark.before) ??
      mistyped('bonded stake after a slash', u64, mark.after) ??
      (mark.before > mark.after ? undefined : rewardError('a slash of the pool takes nothing', mark.before)))
    : rewardError(`a slash of the pool is ${found(mark)}, it must be an object`);

/** Why a record cannot be a delegation of this pool, or undefined; undefined itself is a delegation that does not exist. */
export const refusedStake = (pool: AccrualPool, since: AccrualStake | undefined): ConsensusError | undefined => {
  if (since === undefined) return undefined;
  const refused =
    notAnObject('the delegation', since) ??
    mistyped('stake of the delegation', u64, since.stake) ??
    mistypedRatio('ratio of the delegation', since.ratio) ??
    mistypedCount('slashes of the delegation', since.slashes);
  if (refused !== undefined) return refused;
  for (const mark of marksSince(pool, since)) {
    const wrong = refusedMark(mark);
    if (wrong !== undefined) return wrong;
  }
  const isKnown = since.slashes >= pool.forgotten && since.slashes <= slashesSoFar(pool);
  return isKnown && pool.delegations > 0 && since.stake <= pool.stake + lost(pool, since) && since.ratio <= pool.ratio
    ? undefined
    : rewardError('the delegation is none of this pool; give the record that the pool was last settled with');
};

/** Stake may have shrunk since, then only the pool's marks say by how much. */
const lost = (pool: AccrualPool, since: AccrualStake): bigint => (isBehind(pool, since) ? since.stake : 0n);
