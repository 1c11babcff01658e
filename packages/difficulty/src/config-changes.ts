import { found, invalidConfig, quoted, type DifficultyError, type DifficultyResult } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { checkedConfig, type DifficultyConfig } from './difficulty-config.ts';

/** The three parameters that governance may change; what is left out stays. */
export interface DifficultyUpdate {
  /** Compact. Of blocks to come only at a genesis: existing difficulties stay. */
  readonly initialDifficulty?: number | undefined;
  /** Blocks, 2 to 1 000 000. */
  readonly adjustmentInterval?: bigint | undefined;
  /** Seconds, `maxAdjustmentFactor` to 2³². */
  readonly targetTimespan?: bigint | undefined;
}

const UPDATABLE: readonly string[] = ['initialDifficulty', 'adjustmentInterval', 'targetTimespan'];

/** Ranges of governance, narrower than what a configuration may be (economics.md, Governance: Execution). */
const INTERVAL_MIN = 2n;
const INTERVAL_MAX = 1_000_000n;
const TIMESPAN_MAX = 1n << 32n;

const outside = (field: string, value: unknown, low: bigint, high: bigint): DifficultyError | undefined =>
  value === undefined || (typeof value === 'bigint' && value >= low && value <= high)
    ? undefined
    : invalidConfig(
        `${field} must be a bigint from ${String(low)} to ${String(high)}, got ${found(value)}`,
        typeof value === 'bigint' ? value : undefined,
      );

const unknownField = (update: object): DifficultyError | undefined => {
  if (typeof update !== 'object' || update === null || Array.isArray(update))
    return invalidConfig(`a governance update must be an object with the fields it changes, got ${found(update)}`);
  const unknown = Object.keys(update).find((name) => !UPDATABLE.includes(name));
  return unknown === undefined
    ? undefined
    : invalidConfig(`${quoted(unknown)} cannot be changed by governance: only ${UPDATABLE.join(', ')} can`);
};

/**
 * The configuration after a governance update: all of it or, with InvalidConfig, nothing. Judges a proposal before anybody
 * votes on it as well as at its execution.
 */
export const withGovernanceUpdate = (
  config: DifficultyConfig,
  update: DifficultyUpdate,
): DifficultyResult<DifficultyConfig> => {
  const current = checkedConfig(config);
  if (E.isLeft(current)) return current;
  const notUpdate = unknownField(update);
  if (notUpdate !== undefined) return E.left(notUpdate);
  const { maxAdjustmentFactor } = current.right;
  const wrong =
    outside('adjustmentInterval', update.adjustmentInterval, INTERVAL_MIN, INTERVAL_MAX) ??
    outside('targetTimespan', update.targetTimespan, maxAdjustmentFactor, TIMESPAN_MAX);
  if (wrong !== undefined) return E.left(wrong);
  const given = Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
  return Object.keys(given).length === 0 ? current : checkedConfig({ ...current.right, ...given });
};

/** With another `minDifficulty`, the hardest compact value; 1 bounds nothing. */
export const withMinDifficulty = (
  config: DifficultyConfig,
  minDifficulty: number,
): DifficultyResult<DifficultyConfig> => checkedConfig({ ...config, minDifficulty });

/** With another `maxDifficulty`, the easiest compact value; 0xffffffff bounds nothing. */
export const withMaxDifficulty = (
  config: DifficultyConfig,
  maxDifficulty: number,
): DifficultyResult<DifficultyConfig> => checkedConfig({ ...config, maxDifficulty });

/** With another `maxAdjustmentFactor`. */
export const withMaxAdjustmentFactor = (
  config: DifficultyConfig,
  maxAdjustmentFactor: bigint,
): DifficultyResult<DifficultyConfig> => checkedConfig({ ...config, maxAdjustmentFactor });
