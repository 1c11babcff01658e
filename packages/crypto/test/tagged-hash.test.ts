import { array, bytes, encode, encodeUtf8, struct, u32 } from '@zhtp/types';
import { createTaggedHasher, taggedHash, taggedHashOf } from '@zhtp/crypto';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const sha256Of = (...parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

test('a tagged hash is SHA-256 of the tag hash twice and the parts', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 20, unit: 'grapheme' }),
      fc.array(fc.uint8Array(), { maxLength: 4 }),
      (tag, parts) => {
        const tagDigest = sha256Of(encodeUtf8(tag));
        expect(taggedHash(tag, ...parts)).toBe(sha256Of(tagDigest, tagDigest, ...parts).toString('hex'));
      },
    ),
  );
});

test('the same bytes under another tag have another hash', () => {
  expect(taggedHash('zhtp/a', Uint8Array.of(1))).not.toBe(taggedHash('zhtp/b', Uint8Array.of(1)));
});

test('more tags than are remembered hash as before', () => {
  const once = Array.from({ length: 300 }, (_, i) => taggedHash(`zhtp/many/${String(i)}`));
  const again = Array.from({ length: 300 }, (_, i) => taggedHash(`zhtp/many/${String(i)}`));
  expect(again).toEqual(once);
  expect(new Set(once).size).toBe(300);
});

test('a hasher for many short inputs gives the tagged hash of each', () => {
  const hasher = createTaggedHasher('zhtp/short', 100);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (input) => {
      hasher.input.set(input);
      expect(hasher.hash(input.length)).toBe(taggedHash('zhtp/short', input));
    }),
  );
});

test('the tagged hash of a value is that of its canonical bytes, however long', () => {
  const codec = struct('Sample', { number: u32, parts: array(bytes(40_000), 4) });
  const hashOf = taggedHashOf('zhtp/sample/v1', codec);
  const part = fc.constantFrom(0, 1, 16_000, 40_000).map((length) => new Uint8Array(length).fill(length & 0xff));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.array(part, { maxLength: 4 }), (number, parts) => {
      expect(hashOf({ number, parts })).toBe(taggedHash('zhtp/sample/v1', encode(codec)({ number, parts })));
    }),
  );
});

test('of a value outside its type there is no tagged hash', () => {
  const hashOf = taggedHashOf('zhtp/sample/v1', struct('Sample', { number: u32 }));
  expect(() => hashOf({ number: -1 })).toThrow('number');
  expect(hashOf({ number: 1 })).toBe(taggedHash('zhtp/sample/v1', Uint8Array.of(0, 0, 0, 1)));
});
