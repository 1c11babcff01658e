import {
  DEFAULT_DIFFICULTY_CONFIG,
  found,
  invalidConfig,
  quoted,
  u32,
  u64,
  type DifficultyError,
  type DifficultyConfig as DifficultyFields,
  type DifficultyResult,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { decodeCompact, isCanonicalCompact } from './compact-target.ts';

/** Policy of the compact difficulty; six documented fields, and `powLimit`, the easiest target in compact form. */
export type DifficultyConfig = DifficultyFields;

/** A configuration as it is documented: without the seventh field its limit is Bitcoin's. */
export type DifficultyConfigInput = Omit<DifficultyConfig, 'powLimit'> & Partial<Pick<DifficultyConfig, 'powLimit'>>;

/** What `create` may be told beside its three documented arguments. */
export type DifficultyBounds = Partial<
  Pick<DifficultyConfig, 'minDifficulty' | 'maxDifficulty' | 'maxAdjustmentFactor' | 'powLimit'>
>;

/** `minDifficulty` that bounds nothing. */
const NO_MINIMUM = 1;
/** `maxDifficulty` that bounds nothing. */
const NO_MAXIMUM = 0xffff_ffff;

const COMPACT_FIELDS = ['initialDifficulty', 'powLimit', 'minDifficulty', 'maxDifficulty'] as const;
const COUNT_FIELDS = ['adjustmentInterval', 'targetTimespan', 'maxAdjustmentFactor'] as const;

const mistyped = (config: DifficultyConfig): DifficultyError | undefined => {
  for (const field of COMPACT_FIELDS)
    if (!u32.json.is(config[field]))
      return invalidConfig(`${field} must be a whole number from 0 to 4294967295, got ${found(config[field])}`);
  for (const field of COUNT_FIELDS)
    if (!u64.json.is(config[field]))
      return invalidConfig(`${field} must be a bigint from 1 to 2^64 - 1, got ${found(config[field])}`);
  return undefined;
};

const zero = (config: DifficultyConfig): DifficultyError | undefined => {
  for (const field of COMPACT_FIELDS)
    if (config[field] === 0) return invalidConfig(`${field} must not be zero: no hash meets a target of zero`, 0);
  for (const field of COUNT_FIELDS)
    if (config[field] === 0n) return invalidConfig(`${field} must not be zero: use at least 1`, 0n);
  return undefined;
};

const isNoBound = (field: keyof DifficultyConfig, bits: number): boolean =>
  (field === 'minDifficulty' && bits === NO_MINIMUM) || (field === 'maxDifficulty' && bits === NO_MAXIMUM);

const hex = (bits: number): string => `0x${bits.toString(16).padStart(8, '0')}`;

/** Only then do compact values and the targets behind them rise together, so that bounds mean what they say. */
const notCanonical = (config: DifficultyConfig): DifficultyError | undefined => {
  const field = COMPACT_FIELDS.find((name) => !isNoBound(name, config[name]) && !isCanonicalCompact(config[name]));
  return field === undefined
    ? undefined
    : invalidConfig(
        `${field} ${hex(config[field])} is not a canonical compact target: positive, at most 256 bits, shortest form`,
        config[field],
      );
};

const targetOf = (bits: number): bigint => {
  const decoded = decodeCompact(bits);
  return E.isRight(decoded) ? decoded.right.target : 0n;
};

const contradictory = (c: DifficultyConfig): DifficultyError | undefined => {
  const [min, initial, max] = [hex(c.minDifficulty), hex(c.initialDifficulty), hex(c.maxDifficulty)];
  if (c.minDifficulty > c.maxDifficulty)
    return invalidConfig(`minDifficulty ${min} must not exceed maxDifficulty ${max}`, c.minDifficulty);
  if (c.minDifficulty > c.initialDifficulty)
    return invalidConfig(`minDifficulty ${min} must not exceed initialDifficulty ${initial}`, c.minDifficulty);
  if (c.initialDifficulty > c.maxDifficulty)
    return invalidConfig(`initialDifficulty ${initial} must not exceed maxDifficulty ${max}`, c.initialDifficulty);
  if (targetOf(c.initialDifficulty) > targetOf(c.powLimit))
    return invalidConfig(
      `initialDifficulty ${initial} is easier than powLimit ${hex(c.powLimit)} allows: lower it, or raise powLimit`,
      c.initialDifficulty,
    );
  return c.targetTimespan < c.maxAdjustmentFactor
    ? invalidConfig(
        `targetTimespan ${String(c.targetTimespan)} s must be at least maxAdjustmentFactor ${String(c.maxAdjustmentFactor)}`,
        c.targetTimespan,
      )
    : undefined;
};

/** Configurations that were checked; they are frozen, so that once is enough. */
const checked = new WeakSet<DifficultyConfigInput>();

const isChecked = (config: DifficultyConfigInput): config is DifficultyConfig => checked.has(config);

const notFields = (fields: object): DifficultyError | undefined => {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return invalidConfig(`the difficulty configuration must be an object with its fields, got ${found(fields)}`);
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(DEFAULT_DIFFICULTY_CONFIG, name));
  return unknown === undefined
    ? undefined
    : invalidConfig(`${quoted(unknown)} is no field of the difficulty configuration: remove it`);
};

/** A frozen copy of a valid configuration with its `powLimit`; InvalidConfig names the field otherwise. */
export const checkedConfig = (input: DifficultyConfigInput): DifficultyResult<DifficultyConfig> => {
  if (isChecked(input)) return E.right(input);
  const notConfig = notFields(input);
  if (notConfig !== undefined) return E.left(notConfig);
  const { powLimit = DEFAULT_DIFFICULTY_CONFIG.powLimit } = input;
  const { initialDifficulty, adjustmentInterval, targetTimespan, minDifficulty, maxDifficulty } = input;
  const { maxAdjustmentFactor } = input;
  const config: DifficultyConfig = Object.freeze({
    initialDifficulty,
    adjustmentInterval,
    targetTimespan,
    minDifficulty,
    maxDifficulty,
    maxAdjustmentFactor,
    powLimit,
  });
  const wrong = mistyped(config) ?? zero(config) ?? notCanonical(config) ?? contradictory(config);
  if (wrong !== undefined) return E.left(wrong);
  checked.add(config);
  return E.right(config);
};

/** Valid by construction of `DEFAULT_DIFFICULTY_CONFIG`; the tests hold it to its own rules. */
const BITCOIN: DifficultyConfig = Object.freeze({ ...DEFAULT_DIFFICULTY_CONFIG });
checked.add(BITCOIN);

/** The documented constructor and checks of a {@link DifficultyConfig}; configurations themselves are plain, frozen values. */
export const DifficultyConfig = {
  /**
   * The documented `new`. InvalidConfig names the field that is zero, out of range or contradicts another.
   * @param initialDifficulty compact, canonical, no easier than `powLimit`
   * @param adjustmentInterval blocks, at least 1
   * @param targetTimespan seconds, at least `maxAdjustmentFactor`
   * @param bounds Bitcoin's unless given
   */
  create: (
    initialDifficulty: number,
    adjustmentInterval: bigint,
    targetTimespan: bigint,
    bounds: DifficultyBounds = {},
  ): DifficultyResult<DifficultyConfig> => {
    const notBounds = notFields(bounds);
    return notBounds === undefined
      ? checkedConfig({ ...BITCOIN, ...bounds, initialDifficulty, adjustmentInterval, targetTimespan })
      : E.left(notBounds);
  },

  /** Bitcoin's values: 0x1d00ffff, 2016 blocks in 1 209 600 s, factor 4, no numeric bounds. */
  default: (): DifficultyConfig => BITCOIN,

  /** Whether a configuration is valid as a whole; InvalidConfig says what is not. */
  validate: (config: DifficultyConfigInput): DifficultyResult<void> => E.map(() => undefined)(checkedConfig(config)),
} as const;
