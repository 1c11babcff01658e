import {
  calculationError,
  floorDiv,
  found,
  maxBigint,
  minBigint,
  mulDivFloor,
  U64_MAX,
  type DifficultyResult,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { encodeCompact, targetFromCompact } from './compact-target.ts';
import { checkedConfig, type DifficultyConfig, type DifficultyConfigInput } from './difficulty-config.ts';

/** No target is harder: zero could not be met. */
const HARDEST_TARGET = 1n;

/** t · a / T with a clamped to [T / f, T · f], exact and rounded down once (economics.md, Difficulty). */
const scaled = (t: bigint, a: bigint, { targetTimespan: T, maxAdjustmentFactor: f }: DifficultyConfig): bigint => {
  if (a * f <= T) return floorDiv(t, f);
  return a >= T * f ? t * f : mulDivFloor(t, a, T);
};

/** Bounds on the compact value as a number; canonical values rise with their targets, so the order is that of targets. */
const bounded = (bits: number, { minDifficulty, maxDifficulty }: DifficultyConfig): number =>
  Math.max(minDifficulty, Math.min(maxDifficulty, bits));

const isTimespan = (value: unknown): value is bigint =>
  typeof value === 'bigint' && value >= -U64_MAX && value <= U64_MAX;

/**
 * Bitcoin's `CalculateNextWorkRequired`: the compact target of the next interval, from that of the last and the time it
 * took. Scale, limit to `powLimit`, write canonically, then apply the numeric bounds. A negative timespan counts as the
 * shortest.
 *
 * InvalidConfig for a configuration that is none, InvalidDifficulty for a zero, negative or overflowing target,
 * CalculationError for a timespan that is no difference of two u64.
 * @param timespan seconds from the first to the last block of the interval, signed
 */
export const retarget = (
  config: DifficultyConfigInput,
  currentDifficulty: number,
  timespan: bigint,
): DifficultyResult<number> => {
  const valid = checkedConfig(config);
  if (E.isLeft(valid)) return valid;
  if (!isTimespan(timespan))
    return E.left(calculationError(`timespan must be a bigint within ±(2^64 - 1) seconds, got ${found(timespan)}`));
  const current = targetFromCompact(currentDifficulty);
  if (E.isLeft(current)) return current;
  const limit = targetFromCompact(valid.right.powLimit);
  if (E.isLeft(limit)) return limit;
  const target = minBigint(scaled(current.right, timespan, valid.right), limit.right);
  const bits = encodeCompact(maxBigint(target, HARDEST_TARGET));
  return E.isLeft(bits) ? bits : E.right(bounded(bits.right, valid.right));
};
