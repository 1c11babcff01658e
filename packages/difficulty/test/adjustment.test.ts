import { DifficultyManager } from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

const manager = DifficultyManager.default();
const T = manager.targetTimespan();
const BITS = 0x1c38_7f6f;

describe('DifficultyManager.shouldAdjust', () => {
  test.each([
    [0n, false],
    [1n, false],
    [2015n, false],
    [2016n, true],
    [2017n, false],
    [4031n, false],
    [4032n, true],
    [18446744073709550592n, true],
    [2n ** 64n - 1n, false],
    [18446744073709550592n + 2016n, false],
    [-2016n, false],
  ])('DifficultyManager.shouldAdjust(%i) is %s', (height, expected) => {
    expect(manager.shouldAdjust(height)).toBe(expected);
  });

  test('with an interval of 1 is true for every block but genesis', () => {
    const each = right(DifficultyManager.create({ ...manager.config(), adjustmentInterval: 1n }));
    expect([0n, 1n, 2n].map((height) => each.shouldAdjust(height))).toEqual([false, true, true]);
  });
});

describe('DifficultyManager.adjustDifficulty', () => {
  test('DifficultyManager.adjustDifficulty answers none between adjustments, whatever times and target are', () => {
    expect(manager.adjustDifficulty(2015n, BITS, 10n, 5n)).toEqual(E.right(O.none));
    expect(manager.adjustDifficulty(2017n, 0, 0n, 0n)).toEqual(E.right(O.none));
  });

  test('answers what the interval’s time makes of the target', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        (start, span) => {
          expect(right(manager.adjustDifficulty(4032n, BITS, start, start + span))).toEqual(
            O.some(right(manager.calculateNewDifficulty(BITS, span))),
          );
        },
      ),
    );
  });

  test('refuses an interval that ends before it starts, and accepts one of no time', () => {
    expect(refusal(manager.adjustDifficulty(2016n, BITS, 1_001n, 1_000n))).toMatch(
      /^CalculationError: intervalEndTime 1000 is before intervalStartTime 1001/,
    );
    expect(right(manager.adjustDifficulty(2016n, BITS, 1_000n, 1_000n))).toEqual(O.some(0x1c0e_1fdb));
  });

  test('refuses a current difficulty that is no target', () => {
    expect(refusal(manager.adjustDifficulty(2016n, 0x1d80_ffff, 0n, T))).toMatch(/^InvalidDifficulty: .*negative/);
  });
});

describe('DifficultyManager.calculateNewDifficulty', () => {
  test('DifficultyManager.calculateNewDifficulty halves the target after half the time, and quarters it at most', () => {
    const bits = 0x1c40_0000;
    expect(right(manager.calculateNewDifficulty(bits, T))).toBe(bits);
    expect(right(manager.calculateNewDifficulty(bits, T / 2n))).toBe(0x1c20_0000);
    expect(right(manager.calculateNewDifficulty(bits, T / 4n))).toBe(0x1c10_0000);
    expect(right(manager.calculateNewDifficulty(bits, 0n))).toBe(0x1c10_0000);
    expect(right(manager.calculateNewDifficulty(bits, T * 2n))).toBe(0x1d00_8000);
  });

  test('takes a time from 0 to 2⁶⁴ − 1', () => {
    expect(E.isRight(manager.calculateNewDifficulty(BITS, 2n ** 64n - 1n))).toBe(true);
    for (const a of [-1n, 2n ** 64n])
      expect(refusal(manager.calculateNewDifficulty(BITS, a))).toMatch(/^CalculationError: actualTimespan/);
  });
});
