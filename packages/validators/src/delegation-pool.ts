import {
  isAmount,
  isRecord,
  ceilDiv,
  MICRO_PER_ZHTP,
  minBigint,
  mulDivFloor,
  validatorError,
  type ConsensusResult,
} from '@zhtp/types';
import { either as E } from 'fp-ts';

/** Smallest delegation; a smaller rest leaves whole (economics.md, Validators). */
export const DELEGATION_MIN = MICRO_PER_ZHTP;

/** Shares are a ratio, not money: after slashes a token buys many of them. Beyond this a pool takes no more. */
const SHARES_MAX = (1n << 128n) - 1n;

/**
 * What others delegated to one validator. A slash lowers the tokens and leaves the shares, so that it costs the same
 * however many delegators there are.
 */
export interface DelegationPool {
  /** micro-ZHTP. */
  readonly tokens: bigint;
  readonly shares: bigint;
}

/** Worth of so many shares, rounded down; 0 for what is no pool and for more shares than it has. */
export const tokensOf = (pool: DelegationPool, held: bigint): bigint => {
  if (!isRecord(pool)) return 0n;
  const { tokens, shares } = pool;
  if (!isAmount(tokens) || !isAmount(shares) || !isAmount(held) || held > shares) return 0n;
  return shares === 0n ? 0n : mulDivFloor(held, tokens, shares);
};

/** Slashed to nothing: its shares are void and nobody can join (economics.md, Rewards). */
const isVoid = ({ tokens, shares }: DelegationPool): boolean => tokens === 0n && shares > 0n;

/** Tokens for shares at today's worth, rounded down; the first share costs one token. */
export const deposited = (
  pool: DelegationPool,
  amount: bigint,
): ConsensusResult<{ readonly pool: DelegationPool; readonly shares: bigint }> => {
  if (isVoid(pool))
    return E.left(validatorError('this validator’s delegations were slashed to nothing; choose another'));
  const shares = pool.shares === 0n ? amount : mulDivFloor(amount, pool.shares, pool.tokens);
  if (shares === 0n || pool.shares + shares > SHARES_MAX)
    return E.left(validatorError('amount is too small or too large for a share of this pool', amount));
  return E.right({ pool: { tokens: pool.tokens + amount, shares: pool.shares + shares }, shares });
};

/** What leaves a pool. */
export interface Withdrawal {
  readonly pool: DelegationPool;
  readonly tokens: bigint;
  readonly shares: bigint;
}

/** Tokens out for the fewest shares that are worth them; the fraction stays with those who stay. At most `held` shares. */
export const withdrawn = (pool: DelegationPool, held: bigint, amount: bigint): Withdrawal => {
  const worth = tokensOf(pool, held);
  const tokens = minBigint(amount, worth);
  const shares =
    tokens === worth && amount >= worth ? held : minBigint(held, ceilDiv(tokens * pool.shares, pool.tokens));
  return { pool: { tokens: pool.tokens - tokens, shares: pool.shares - shares }, tokens, shares };
};

/**
 * A withdrawal by a holder of whom `locked` shares cannot move: refused beyond what is free; when less than the smallest
 * delegation would stay and nothing is locked, all of it leaves.
 */
export const withdrawnBy = (
  pool: DelegationPool,
  holder: { readonly shares: bigint; readonly locked: bigint },
  amount: bigint,
): ConsensusResult<Withdrawal> => {
  const free = holder.shares - holder.locked;
  const movable = tokensOf(pool, free);
  if (amount > movable)
    return E.left(
      validatorError(
        `Insufficient stake: ${String(amount)} micro-ZHTP is more than the ${String(movable)} that can move; redelegated stake is held until matured`,
        amount,
      ),
    );
  const part = withdrawn(pool, free, amount);
  const rest = tokensOf(part.pool, holder.shares - part.shares);
  return E.right(rest < DELEGATION_MIN && holder.locked === 0n ? withdrawn(pool, free, movable) : part);
};
