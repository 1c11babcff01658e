import { decodeCompact, encodeCompact, isCanonicalCompact, targetFromCompact } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const target = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });

/** The rule as Bitcoin's documentation states it, with a number as wide as it gets. */
const magnitude = (bits: number): bigint => {
  const [size, word] = [BigInt(bits >>> 24), BigInt(bits & 0x7f_ffff)];
  return size <= 3n ? word >> (8n * (3n - size)) : word << (8n * (size - 3n));
};

describe('decodeCompact', () => {
  test('takes every value apart as the definition says', () => {
    fc.assert(
      fc.property(u32, (bits) => {
        const { target: found, negative, overflow } = right(decodeCompact(bits));
        const whole = magnitude(bits);
        expect(found).toBe(whole % (1n << 256n));
        expect(overflow).toBe(whole >= 1n << 256n);
        expect(negative).toBe(whole !== 0n && (bits & 0x80_0000) !== 0);
      }),
    );
  });

  test.each([
    [0x2200_00ff, 0xffn << 248n, false],
    [0x2200_0100, 0n, true],
    [0x2100_ffff, 0xffffn << 240n, false],
    [0x2101_0000, 0n, true],
    [0x2300_0001, 0n, true],
    [0x207f_ffff, 0x7f_ffffn << 232n, false],
  ])('knows where 256 bits end: %i', (bits, found, overflow) => {
    expect(right(decodeCompact(bits))).toEqual({ target: found, negative: false, overflow });
  });
});

describe('targetFromCompact', () => {
  test.each([
    [0, 'a target of zero'],
    [0x0100_3456, 'a target of zero'],
    [0x1d80_0000, 'a target of zero'],
    [0x1d80_ffff, 'is negative'],
    [0xff12_3456, 'exceeds 256 bits'],
    [0xff92_3456, 'is negative'],
  ])('refuses what is no target: %i', (bits, reason) => {
    expect(refusal(targetFromCompact(bits))).toMatch(new RegExp(`^InvalidDifficulty: .*${reason}`));
    expect(targetFromCompact(bits)).toMatchObject({ left: { value: bits } });
  });

  test('accepts one target in several forms, of which one is canonical', () => {
    expect([0x1d00_ffff, 0x1e00_00ff].map((bits) => right(targetFromCompact(bits)))).toEqual([
      0xffffn << 208n,
      0xffn << 216n,
    ]);
    expect(right(targetFromCompact(0x1b01_0000))).toBe(right(targetFromCompact(0x1c00_0100)));
    expect([0x1b01_0000, 0x1c00_0100].map((bits) => isCanonicalCompact(bits))).toEqual([true, false]);
  });
});

describe('encodeCompact', () => {
  test('rounds down to what its three bytes hold, and never further', () => {
    fc.assert(
      fc.property(target, (value) => {
        const kept = right(decodeCompact(right(encodeCompact(value))));
        expect(kept).toMatchObject({ negative: false, overflow: false });
        expect(kept.target).toBeLessThanOrEqual(value);
        expect((value - kept.target) << 15n).toBeLessThanOrEqual(value);
      }),
    );
  });

  test('writes a target that was read in its canonical form, which reads and writes as itself', () => {
    fc.assert(
      fc.property(u32, (bits) => {
        const read = targetFromCompact(bits);
        fc.pre(E.isRight(read));
        const canonical = right(encodeCompact(right(read)));
        expect(right(targetFromCompact(canonical))).toBe(right(read));
        expect(right(encodeCompact(right(targetFromCompact(canonical))))).toBe(canonical);
        expect(isCanonicalCompact(canonical)).toBe(true);
      }),
    );
  });

  test('rises with its target, so that canonical values compare as their targets do', () => {
    fc.assert(
      fc.property(target, target, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(right(encodeCompact(low))).toBeLessThanOrEqual(right(encodeCompact(high)));
      }),
    );
  });

  test.each([
    [0n, 0],
    [1n, 0x0101_0000],
    [0x7fn, 0x017f_0000],
    [0x80n, 0x0200_8000],
    [0x7f_ffffn, 0x037f_ffff],
    [0x80_0000n, 0x0400_8000],
    [(1n << 256n) - 1n, 0x2100_ffff],
  ])('writes %i', (value, bits) => {
    expect(right(encodeCompact(value))).toBe(bits);
  });

  test('sets the sign only where there is a magnitude', () => {
    expect(right(encodeCompact(0x7en, true))).toBe(0x01fe_0000);
    expect(right(encodeCompact(0n, true))).toBe(0);
  });
});
