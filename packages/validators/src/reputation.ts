import { isCount, isRecord, clamp, minBigint, type SlashType, type Validator } from '@zhtp/types';

/** economics.md, Validators. */
export const REPUTATION_AT_START = 100;
export const REPUTATION_MAX = 1_000;

const LOSS: Readonly<Record<SlashType, number>> = { DoubleSign: 20, InvalidProposal: 10, Liveness: 5, InvalidVote: 5 };

type Reputed = Pick<Validator, 'reputation'>;

/** One more for every block proposed and for every block signed, stored up to 1000. */
export const gainReputation = <V extends Reputed>(validator: V, blocks: number): V => ({
  ...validator,
  reputation: Math.min(REPUTATION_MAX, validator.reputation + blocks),
});

/** Less by what the offence costs, never below 0. */
export const loseReputation = <V extends Reputed>(validator: V, slashType: SlashType): V => ({
  ...validator,
  reputation: Math.max(0, validator.reputation - LOSS[slashType]),
});

/**
 * Basis points: clamp(100 · min(reputation, 100) − 1 000 · slashCount, 0, 10 000) (economics.md, Validators). 0 for what has
 * no such counts.
 */
export const effectiveReputation = (validator: Pick<Validator, 'reputation' | 'slashCount'>): bigint => {
  if (!isRecord(validator)) return 0n;
  const { reputation, slashCount } = validator;
  if (!isCount(reputation) || !isCount(slashCount)) return 0n;
  return clamp(100n * minBigint(BigInt(reputation), 100n) - 1_000n * BigInt(slashCount), 0n, 10_000n);
};
