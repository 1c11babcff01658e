import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTrusted, isTrustLevel, TRUST_LEVEL_ONE_THIRD, type TrustLevel } from '@zhtp/bft';

const level = (numerator: bigint, denominator: bigint): TrustLevel => {
  const share = { numerator, denominator };
  if (!isTrustLevel(share)) throw new Error('not a trust level');
  return share;
};

describe('a trust level', () => {
  test('lies between a third and the whole', () => {
    const ok = (numerator: bigint, denominator: bigint): boolean => isTrustLevel({ numerator, denominator });
    expect([ok(1n, 3n), ok(333n, 1000n), ok(334n, 1000n), ok(5n, 5n), ok(6n, 5n)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect([ok(1n, 0n), ok(0n, 0n), ok(-1n, -3n), ok(-1n, 3n), ok(0n, 1n)]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('of a third is what a skip asks for', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 62n), fc.bigInt(0n, 1n << 62n), (power, total) => {
        expect(isTrusted(power, total, TRUST_LEVEL_ONE_THIRD)).toBe(3n * power > total);
      }),
    );
  });

  test('is passed by more than it, exactly, however large the powers', () => {
    const huge = 1n << 61n;
    expect([-1n, 0n, 1n].map((more) => isTrusted(2n * huge + more, 3n * huge, level(2n, 3n)))).toEqual([
      false,
      false,
      true,
    ]);
    expect([-1n, 0n, 1n].map((more) => isTrusted(3n * huge + more, 5n * huge, level(6n, 10n)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('of the whole is never passed', () => {
    expect([isTrusted(10n, 10n, level(1n, 1n)), isTrusted(0n, 0n, level(1n, 3n))]).toEqual([false, false]);
  });
});
