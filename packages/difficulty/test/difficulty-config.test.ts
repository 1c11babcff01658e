import { DifficultyConfig, DifficultyManager } from '@zhtp/difficulty';
import { decode, DEFAULT_DIFFICULTY_CONFIG, difficultyConfigCodec, encode } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

type Documented = readonly [initialDifficulty: number, adjustmentInterval: bigint, targetTimespan: bigint];

const config = DifficultyConfig.default();

describe('DifficultyConfig.create', () => {
  test('DifficultyConfig.create takes the three documented values and Bitcoin’s for the rest', () => {
    expect(right(DifficultyConfig.create(0x1c00_ffff, 100n, 6_000n))).toEqual({
      ...DEFAULT_DIFFICULTY_CONFIG,
      initialDifficulty: 0x1c00_ffff,
      adjustmentInterval: 100n,
      targetTimespan: 6_000n,
    });
  });

  test('takes bounds, factor and limit beside them', () => {
    const bounds = {
      minDifficulty: 0x1a00_ffff,
      maxDifficulty: 0x1e00_ffff,
      maxAdjustmentFactor: 2n,
      powLimit: 0x1e03_77ae,
    };
    expect(right(DifficultyConfig.create(0x1e00_ffff, 100n, 2n, bounds))).toMatchObject(bounds);
  });

  test.each<readonly [Documented, string]>([
    [[0, 2016n, 1_209_600n], 'initialDifficulty must not be zero'],
    [[0x1d00_ffff, 0n, 1_209_600n], 'adjustmentInterval must not be zero'],
    [[0x1d00_ffff, 2016n, 0n], 'targetTimespan must not be zero'],
    [[0x1d00_ffff, 2016n, 3n], 'targetTimespan 3 s must be at least maxAdjustmentFactor 4'],
    [[0x1d80_ffff, 2016n, 1_209_600n], 'initialDifficulty 0x1d80ffff is not a canonical compact target'],
    [[0x1d01_0000, 2016n, 1_209_600n], 'initialDifficulty 0x1d010000 is easier than powLimit 0x1d00ffff'],
  ])('refuses %o', (values, reason) => {
    expect(refusal(DifficultyConfig.create(...values))).toContain(`InvalidConfig: ${reason}`);
  });

  test.each<{ readonly values: Documented }>([
    { values: [0x1d00_ffff, 1n, 4n] },
    { values: [0x0101_0000, 2n ** 64n - 1n, 2n ** 64n - 1n] },
  ])('accepts the ends of the ranges: $values', ({ values }) => {
    expect(E.isRight(DifficultyConfig.create(...values))).toBe(true);
  });
});

describe('DifficultyConfig.default', () => {
  test('DifficultyConfig.default has the documented values and is valid by its own rules', () => {
    expect(config).toEqual({
      initialDifficulty: 0x1d00_ffff,
      adjustmentInterval: 2016n,
      targetTimespan: 14n * 24n * 60n * 60n,
      minDifficulty: 1,
      maxDifficulty: 0xffff_ffff,
      maxAdjustmentFactor: 4n,
      powLimit: 0x1d00_ffff,
    });
    expect(DifficultyConfig.validate({ ...config })).toEqual(E.right(undefined));
  });

  test('survives its canonical bytes', () => {
    expect(decode(difficultyConfigCodec)(encode(difficultyConfigCodec)(config))).toEqual(E.right(config));
  });
});

describe('DifficultyConfig.validate', () => {
  test.each([
    [{ minDifficulty: 0 }, 'minDifficulty must not be zero'],
    [{ maxDifficulty: 0 }, 'maxDifficulty must not be zero'],
    [{ powLimit: 0 }, 'powLimit must not be zero'],
    [{ maxAdjustmentFactor: 0n }, 'maxAdjustmentFactor must not be zero'],
    [{ minDifficulty: 2 }, 'minDifficulty 0x00000002 is not a canonical compact target'],
    [{ maxDifficulty: 1 }, 'maxDifficulty 0x00000001 is not a canonical compact target'],
    [{ minDifficulty: 0xffff_ffff }, 'minDifficulty 0xffffffff is not a canonical'],
    [{ maxDifficulty: 0xffff_fffe }, 'maxDifficulty 0xfffffffe is not a canonical'],
    [{ powLimit: 0x1e00_00ff }, 'powLimit 0x1e0000ff is not a canonical compact target'],
    [
      { minDifficulty: 0x1d00_fffe, maxDifficulty: 0x1d00_fffd },
      'minDifficulty 0x1d00fffe must not exceed maxDifficulty 0x1d00fffd',
    ],
    [{ minDifficulty: 0x1d01_0000 }, 'minDifficulty 0x1d010000 must not exceed initialDifficulty 0x1d00ffff'],
    [{ maxDifficulty: 0x1d00_fffe }, 'initialDifficulty 0x1d00ffff must not exceed maxDifficulty 0x1d00fffe'],
    [{ powLimit: 0x1d00_fffe }, 'initialDifficulty 0x1d00ffff is easier than powLimit 0x1d00fffe'],
    [{ maxAdjustmentFactor: 1_209_601n }, 'targetTimespan 1209600 s must be at least maxAdjustmentFactor 1209601'],
  ])('DifficultyConfig.validate refuses %o and names the field', (change, reason) => {
    expect(refusal(DifficultyConfig.validate({ ...config, ...change }))).toContain(`InvalidConfig: ${reason}`);
  });

  test.each([
    { minDifficulty: 0x1d00_ffff, maxDifficulty: 0x1d00_ffff },
    { maxAdjustmentFactor: 1n },
    { maxAdjustmentFactor: 1_209_600n },
    { powLimit: 0x207f_ffff },
    { maxDifficulty: 0x2100_ffff },
  ])('accepts %o', (change) => {
    expect(DifficultyConfig.validate({ ...config, ...change })).toEqual(E.right(undefined));
  });

  test('completes a configuration of the six documented fields with Bitcoin’s limit', () => {
    const { powLimit, ...documented } = config;
    expect(right(DifficultyManager.create(documented)).config().powLimit).toBe(powLimit);
  });

  test('a valid configuration cannot be made invalid afterwards', () => {
    const made = right(DifficultyConfig.create(0x1d00_ffff, 2016n, 1_209_600n));
    expect(() => Object.assign(made, { targetTimespan: 0n })).toThrow(TypeError);
    expect(() => Object.assign(config, { targetTimespan: 0n })).toThrow(TypeError);
  });
});
