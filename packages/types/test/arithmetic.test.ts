import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceilDiv,
  ceilDivCount,
  checkedAddU64,
  checkedSubU64,
  clamp,
  floorDiv,
  floorDivCount,
  maxBigint,
  minBigint,
  mulDivCeil,
  mulDivFloor,
  truncDiv,
  U64_MAX,
} from '@zhtp/types';

const divisor = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).filter((b) => b !== 0n);
const dividend = fc.bigInt({ min: -(2n ** 140n), max: 2n ** 140n });
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

describe('division says how it rounds', () => {
  test('floor leaves a remainder of the divisor’s sign, ceil of the opposite, trunc of the dividend’s', () => {
    fc.assert(
      fc.property(dividend, divisor, (a, b) => {
        const [floorRest, ceilRest, truncRest] = [
          a - floorDiv(a, b) * b,
          a - ceilDiv(a, b) * b,
          a - truncDiv(a, b) * b,
        ];
        for (const rest of [floorRest, ceilRest, truncRest]) expect(abs(rest) < abs(b)).toBe(true);
        expect(floorRest === 0n || floorRest < 0n === b < 0n).toBe(true);
        expect(ceilRest === 0n || ceilRest < 0n !== b < 0n).toBe(true);
        expect(truncRest === 0n || truncRest < 0n === a < 0n).toBe(true);
      }),
    );
  });

  test('the examples that teach', () => {
    expect([floorDiv(-7n, 2n), ceilDiv(-7n, 2n), truncDiv(-7n, 2n)]).toEqual([-4n, -3n, -3n]);
    expect([floorDiv(7n, 2n), ceilDiv(7n, 2n), truncDiv(7n, 2n)]).toEqual([3n, 4n, 3n]);
    expect([floorDiv(7n, -2n), ceilDiv(7n, -2n)]).toEqual([-4n, -3n]);
    expect([floorDivCount(7, 2), ceilDivCount(7, 2), floorDivCount(0, 3)]).toEqual([3, 4, 0]);
  });

  test('a product is divided whole', () => {
    fc.assert(
      fc.property(dividend, dividend, divisor, (a, b, c) => {
        expect(mulDivFloor(a, b, c)).toBe(floorDiv(a * b, c));
        expect(mulDivCeil(a, b, c)).toBe(ceilDiv(a * b, c));
      }),
    );
    expect(mulDivFloor(U64_MAX, U64_MAX, U64_MAX)).toBe(U64_MAX);
  });

  test('nothing is divided by zero', () => {
    expect(() => floorDiv(1n, 0n)).toThrow(RangeError);
    expect(() => ceilDiv(1n, 0n)).toThrow(RangeError);
  });
});

describe('bounds', () => {
  test('sums and differences outside u64 are undefined', () => {
    expect(checkedAddU64(U64_MAX, 0n)).toBe(U64_MAX);
    expect(checkedAddU64(U64_MAX, 1n)).toBeUndefined();
    expect(checkedSubU64(1n, 1n)).toBe(0n);
    expect(checkedSubU64(1n, 2n)).toBeUndefined();
  });

  test('clamp, min and max', () => {
    expect([clamp(-1n, 0n, 5n), clamp(3n, 0n, 5n), clamp(6n, 0n, 5n)]).toEqual([0n, 3n, 5n]);
    expect([minBigint(1n, 2n), minBigint(2n, 1n), maxBigint(1n, 2n), maxBigint(2n, 1n)]).toEqual([1n, 1n, 2n, 2n]);
  });
});
