import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { multiplierInBasisPoints, withMultiplier, DEFAULT_WORK_MULTIPLIERS } from '../src/work-multiplier.ts';
import { left, right } from './support.ts';

describe('a multiplier', () => {
  test.each([
    [0, 0n],
    [0.0001, 1n],
    [1.2, 12_000n],
    [1.1, 11_000n],
    [1.3, 13_000n],
    [0.7, 7_000n],
    [99.9999, 999_999n],
    [100, 1_000_000n],
  ])('of %d counts as %d basis points', (multiplier, basisPoints) => {
    expect(right(multiplierInBasisPoints(multiplier))).toBe(basisPoints);
  });

  test('is exact at every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (basisPoints) => {
        expect(right(multiplierInBasisPoints(basisPoints / 10_000))).toBe(BigInt(basisPoints));
      }),
    );
  });

  test.each([-0, -0.0001, 100.0001, 1.00005, 0.1 + 0.2, Number.EPSILON, Number.NaN, Infinity, -Infinity, 2 ** 53 + 1])(
    'of %d is refused with what is allowed',
    (multiplier) => {
      const { _tag, message } = left(multiplierInBasisPoints(multiplier));
      expect(_tag).toBe('RewardError');
      expect(message).toMatch(/^multiplier is .*, it must be from 0 to 100 in steps of 0.0001$/);
    },
  );

  test('replaces one and leaves the others', () => {
    const after = right(withMultiplier(DEFAULT_WORK_MULTIPLIERS, 'Computation', 2.5));
    expect(after.get('Computation')).toBe(25_000n);
    expect(after.get('NetworkRouting')).toBe(12_000n);
    expect(DEFAULT_WORK_MULTIPLIERS.get('Computation')).toBe(13_000n);
  });
});
