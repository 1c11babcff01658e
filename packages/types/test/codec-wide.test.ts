import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode, fromJson, toJson } from '@zhtp/types';

const message = <A>(result: E.Either<C.DecodeError, A>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';

const MAX = 2n ** 128n - 1n;

describe('u128', () => {
  test('holds 0 to 2¹²⁸ − 1 in sixteen big-endian bytes and one decimal string', () => {
    for (const value of [0n, 1n, 2n ** 64n - 1n, 2n ** 64n, MAX - 1n, MAX]) {
      expect(encode(C.u128)(value)).toHaveLength(16);
      expect(decode(C.u128)(encode(C.u128)(value))).toEqual(E.right(value));
      expect(fromJson(C.u128)(String(value))).toEqual(E.right(value));
      expect(toJson(C.u128)(value)).toBe(String(value));
    }
    expect([...encode(C.u128)(0x01_0000_0000_0000_0002n)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  });

  test('nothing beside', () => {
    for (const text of ['-1', '', '01', ' 1', '0x1', String(MAX + 1n), '9'.repeat(40), 1, 1n, null])
      expect(message(fromJson(C.u128)(text))).toContain('u128: expected a decimal string from 0 to 2^128 - 1');
    for (const value of [-1n, MAX + 1n]) expect(() => encode(C.u128)(value)).toThrow('expected a bigint from 0');
    expect(message(decode(C.u128)(new Uint8Array(15)))).toContain('Unexpected end');
    expect(message(decode(C.u128)(new Uint8Array(17)))).toContain('follow the end');
  });
});

describe('sets of bits', () => {
  test('have one encoding each, of no more bytes than they need', () => {
    for (const max of [1, 8, 9, 100, 10_000]) {
      const codec = C.bitSet(max);
      fc.assert(
        fc.property(fc.bigInt(0n, (1n << BigInt(max)) - 1n), (bits) => {
          const raw = encode(codec)(bits);
          expect(raw.length).toBeLessThanOrEqual(4 + Math.ceil(max / 8));
          expect(decode(codec)(raw)).toEqual(E.right(bits));
          expect(fromJson(codec)(toJson(codec)(bits))).toEqual(E.right(bits));
        }),
        { numRuns: 30 },
      );
    }
    expect([...encode(C.bitSet(9))(0x101n)]).toEqual([0, 0, 0, 2, 1, 1]);
    expect([encode(C.bitSet(9))(0n), toJson(C.bitSet(9))(0n)]).toEqual([new Uint8Array(4), '0']);
  });

  test('hold no bit at or beyond their maximum', () => {
    const nine = C.bitSet(9);
    expect(fromJson(nine)('1ff')).toEqual(E.right(511n));
    for (const text of ['200', '01', '', '-1', 'FF', '1fff', 1, 1n, null])
      expect(message(fromJson(nine)(text))).toContain('bitSet(9): expected bits 0 to 8 as hex digits');
    for (const value of [512n, -1n]) expect(() => encode(nine)(value)).toThrow('expected bits 0 to 8 as a bigint');
    expect(message(decode(nine)(Uint8Array.of(0, 0, 0, 2, 2, 0)))).toContain('a higher bit');
    expect(message(decode(nine)(Uint8Array.of(0, 0, 0, 2, 0, 1)))).toContain('a zero in front');
    expect(message(decode(nine)(Uint8Array.of(0, 0, 0, 3, 1, 1, 1)))).toContain('over the limit');
  });
});
