import { isObject, calculationError, found, invalidDifficulty, u32, u64, type DifficultyResult } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { checkedConfig, type DifficultyConfig } from './difficulty-config.ts';
import { retarget } from './retarget.ts';

/** One question: is there a new difficulty at this height, and which. */
export interface Adjustment {
  /** Of the block whose difficulty is asked for. */
  readonly height: bigint;
  /** Compact; that of the block before. */
  readonly currentDifficulty: number;
  /** Seconds; time of block height − interval, of genesis at the first adjustment. */
  readonly intervalStartTime: bigint;
  /** Seconds; time of block height − 1. */
  readonly intervalEndTime: bigint;
}

/**
 * Whether the difficulty changes at a height: h ≥ interval and h mod interval = 0. False for what is no height or no
 * configuration.
 */
export const isAdjustmentHeight = (config: DifficultyConfig, height: bigint): boolean => {
  const valid = checkedConfig(config);
  if (E.isLeft(valid) || !u64.json.is(height)) return false;
  const { adjustmentInterval } = valid.right;
  return height >= adjustmentInterval && height % adjustmentInterval === 0n;
};

const misfit = ({ height, currentDifficulty, intervalStartTime, intervalEndTime }: Adjustment) => {
  for (const [field, value] of Object.entries({ height, intervalStartTime, intervalEndTime }))
    if (!u64.json.is(value))
      return calculationError(`${field} must be a bigint from 0 to 2^64 - 1, got ${found(value)}`);
  return u32.json.is(currentDifficulty)
    ? undefined
    : invalidDifficulty(
        `currentDifficulty must be a whole number from 0 to 4294967295, got ${found(currentDifficulty)}`,
      );
};

/**
 * The difficulty of block `height`, where it changes. An interval spans interval − 1 gaps, as Bitcoin's does.
 * CalculationError when it ends before it starts; off an adjustment height times and target are not looked at beyond their
 * types. InvalidConfig for a configuration that is none.
 */
export const adjusted = (config: DifficultyConfig, adjustment: Adjustment): DifficultyResult<Option<number>> => {
  const valid = checkedConfig(config);
  if (E.isLeft(valid)) return valid;
  if (!isObject(adjustment))
    return E.left(calculationError(`an adjustment is an object of four fields, got ${found(adjustment)}`));
  const wrong = misfit(adjustment);
  if (wrong !== undefined) return E.left(wrong);
  const { height, currentDifficulty, intervalStartTime, intervalEndTime } = adjustment;
  if (!isAdjustmentHeight(config, height)) return E.right(O.none);
  if (intervalEndTime < intervalStartTime)
    return E.left(
      calculationError(
        `intervalEndTime ${String(intervalEndTime)} is before intervalStartTime ${String(intervalStartTime)}: pass the times of blocks height - interval and height - 1`,
        intervalEndTime,
      ),
    );
  return E.map(O.some<number>)(retarget(config, currentDifficulty, intervalEndTime - intervalStartTime));
};
