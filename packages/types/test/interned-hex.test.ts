import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesToHex, decode, encode, hash, hashCodec, portableHex, type Hash } from '@zhtp/types';

const HEX_DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
const digits = fc.string({ unit: fc.constantFrom(...HEX_DIGITS), minLength: 64, maxLength: 64 });

const hashOf = (hex: string): Hash => {
  const read = hash(hex);
  if (E.isLeft(read)) throw new Error(read.left);
  return read.right;
};

/** Another hash that is remembered at the same place: the digits that choose it are the same. */
const neighbour = (hex: string): string => `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;

test('a hash is written as its digits say, the first time, again, and after another one took its place', () => {
  fc.assert(
    fc.property(fc.array(digits, { minLength: 1, maxLength: 20 }), (hashes) => {
      for (const hex of [...hashes, ...hashes, ...hashes.map(neighbour), ...hashes]) {
        expect(encode(hashCodec)(hashOf(hex))).toEqual(portableHex.parse(hex));
      }
    }),
  );
});

test('reading finds what writing remembered and the other way round', () => {
  fc.assert(
    fc.property(digits, fc.boolean(), (hex, writesFirst) => {
      const bytes = writesFirst ? encode(hashCodec)(hashOf(hex)) : portableHex.parse(hex);
      expect(decode(hashCodec)(bytes)).toEqual(E.right(hex));
      expect(bytesToHex(encode(hashCodec)(hashOf(hex)))).toBe(hex);
    }),
  );
});

test('what is no hash is refused at every digit, and nothing is remembered of it', () => {
  const good = 'ab'.repeat(32);
  expect(encode(hashCodec)(hashOf(good))).toEqual(portableHex.parse(good));
  for (const digit of ['g', 'A', '/', ':', '`', 'é', '\u2028'])
    for (let at = 0; at < 64; at++) {
      const bad = `${good.slice(0, at)}${digit}${good.slice(at + 1)}` as Hash;
      expect(E.isLeft(hash(bad)), `${digit} at ${String(at)}`).toBe(true);
      for (let again = 0; again < 2; again++) expect(() => encode(hashCodec)(bad)).toThrow(/64 lowercase hex/);
    }
  expect(encode(hashCodec)(hashOf(good))).toEqual(portableHex.parse(good));
});
