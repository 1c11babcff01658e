import { DifficultyConfig, encodeCompact, isCanonicalCompact, retarget, targetFromCompact } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

const config = DifficultyConfig.default();
const T = config.targetTimespan;
const EASY = { ...config, powLimit: 0x2100_ffff };

const canonical = fc.bigInt({ min: 1n, max: (1n << 256n) - 1n }).map((target) => right(encodeCompact(target)));
const timespan = fc.bigInt({ min: -(2n ** 64n - 1n), max: 2n ** 64n - 1n });
const policy = fc
  .record({ T: fc.bigInt({ min: 1n, max: 2n ** 40n }), f: fc.bigInt({ min: 1n, max: 100n }), powLimit: canonical })
  .filter(({ T: span, f }) => span >= f)
  .map(({ T: targetTimespan, f: maxAdjustmentFactor, powLimit }) => ({
    ...config,
    targetTimespan,
    maxAdjustmentFactor,
    powLimit,
    initialDifficulty: powLimit,
  }));

const targetOf = (bits: number): bigint => right(targetFromCompact(bits));

describe('retarget', () => {
  test('leaves the target as it is after exactly the target timespan', () => {
    fc.assert(
      fc.property(policy, (each) => {
        expect(right(retarget(each, each.powLimit, each.targetTimespan))).toBe(each.powLimit);
      }),
    );
  });

  test('is exact, limited and canonical whatever the policy, the target and the time', () => {
    fc.assert(
      fc.property(policy, canonical, timespan, (each, bits, a) => {
        const { targetTimespan: span, maxAdjustmentFactor: f } = each;
        // The rule over one common denominator: t · clamp(a·f, T, T·f²) / (T·f).
        const numerator = a * f < span ? span : a > span * f ? span * f * f : a * f;
        const exact = (targetOf(bits) * numerator) / (span * f);
        const limit = targetOf(each.powLimit);
        const expected = exact > limit ? limit : exact < 1n ? 1n : exact;
        const result = right(retarget(each, bits, a));
        expect(result).toBe(right(encodeCompact(expected)));
        expect(isCanonicalCompact(result)).toBe(true);
      }),
    );
  });

  test('never makes a longer interval harder than a shorter one', () => {
    fc.assert(
      fc.property(policy, canonical, timespan, timespan, (each, bits, a, b) => {
        const [short, long] = a < b ? [a, b] : [b, a];
        expect(right(retarget(each, bits, short))).toBeLessThanOrEqual(right(retarget(each, bits, long)));
      }),
    );
  });

  test('counts a negative time as the shortest, and every time beyond the factor as the factor', () => {
    const at = (a: bigint): number => right(retarget(EASY, 0x1c38_7f6f, a));
    for (const a of [-(2n ** 64n - 1n), -1n, 0n, T / 4n - 1n, T / 4n]) expect(at(a)).toBe(0x1c0e_1fdb);
    expect(at(T / 4n + 1n)).toBeGreaterThanOrEqual(0x1c0e_1fdb);
    for (const a of [T * 4n, T * 4n + 1n, 2n ** 64n - 1n]) expect(at(a)).toBe(0x1d00_e1fd);
    expect(at(T * 4n - 600n)).toBeLessThan(0x1d00_e1fd);
  });

  test('multiplies before it divides, and rounds once', () => {
    expect(right(retarget({ ...EASY, targetTimespan: 7n }, 0x0303_0001, 5n))).toBe(0x0302_2493); // ⌊196609 · 5 / 7⌋ = 140435
    expect(right(retarget({ ...EASY, targetTimespan: 7n }, 0x0101_0000, 5n))).toBe(0x0101_0000); // ⌊5 / 7⌋ = 0, never below 1
  });

  test('never falls below a target of 1, never rises above the limit', () => {
    expect(right(retarget(config, 0x0101_0000, 0n))).toBe(0x0101_0000);
    expect(right(retarget(config, 0x1d00_ffff, T * 4n))).toBe(0x1d00_ffff);
    expect(right(retarget(config, 0x207f_ffff, T))).toBe(0x1d00_ffff);
    expect(right(retarget(EASY, 0x2100_ffff, T * 4n))).toBe(0x2100_ffff);
  });

  test('applies the numeric bounds last', () => {
    const bounds = {
      ...config,
      minDifficulty: 0x1c7f_ffff,
      initialDifficulty: 0x1d00_8000,
      maxDifficulty: 0x1d00_9000,
    };
    expect(right(retarget(bounds, 0x1d00_8000, 0n))).toBe(0x1c7f_ffff);
    expect(right(retarget(bounds, 0x1d00_8000, T))).toBe(0x1d00_8000);
    expect(right(retarget(bounds, 0x1d00_8000, T * 4n))).toBe(0x1d00_9000);
  });

  test.each([0, 0x1d80_ffff, 0xff12_3456, 0x0012_3456])('refuses the target %i', (bits) => {
    expect(refusal(retarget(config, bits, T))).toMatch(/^InvalidDifficulty: /);
  });

  test('refuses a timespan that is no difference of two times, and no other', () => {
    for (const a of [2n ** 64n - 1n, -(2n ** 64n - 1n)]) expect(E.isRight(retarget(config, 0x1d00_ffff, a))).toBe(true);
    for (const a of [2n ** 64n, -(2n ** 64n)])
      expect(refusal(retarget(config, 0x1d00_ffff, a))).toMatch(/^CalculationError: timespan/);
  });
});
