import { encodeUtf8, type SignatureCheck } from '@zhtp/types';
import { checkKey, createVerifiedCache } from '@zhtp/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const CHECK: SignatureCheck = {
  algorithm: 'ML-DSA-44',
  publicKey: Uint8Array.of(1, 2, 3),
  domain: 'zhtp/vote/v1',
  message: Uint8Array.of(4, 5),
  signature: Uint8Array.of(6, 7, 8),
};

test('a check is named by every field of it', () => {
  const others: readonly SignatureCheck[] = [
    { ...CHECK, algorithm: 'ML-DSA-65' },
    { ...CHECK, publicKey: Uint8Array.of(1, 2, 4) },
    { ...CHECK, domain: 'zhtp/proposal/v1' },
    { ...CHECK, message: Uint8Array.of(4, 6) },
    { ...CHECK, signature: Uint8Array.of(6, 7, 9) },
  ];
  expect(checkKey({ ...CHECK, message: CHECK.message.slice() })).toBe(checkKey(CHECK));
  expect(new Set([CHECK, ...others].map(checkKey)).size).toBe(6);
});

test('a key that is written to is another key, though its array is the same', () => {
  const publicKey = Uint8Array.of(1, 2, 3);
  expect(checkKey({ ...CHECK, publicKey })).toBe(checkKey(CHECK));
  publicKey[2] = 4;
  expect(checkKey({ ...CHECK, publicKey })).toBe(checkKey({ ...CHECK, publicKey: Uint8Array.of(1, 2, 4) }));
  publicKey[2] = 3;
  expect(checkKey({ ...CHECK, publicKey })).toBe(checkKey(CHECK));
});

test('no byte can move from one field to the next', () => {
  const bytes = fc.uint8Array({ maxLength: 6 });
  const one = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    checkKey({ ...CHECK, publicKey, message, signature });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1), { maxLength: 8 }),
      fc.nat(8),
      fc.nat(8),
      fc.nat(8),
      fc.nat(8),
      (joined, a, b, c, d) => {
        const cut = (x: number, y: number) => {
          const all = Uint8Array.from(joined);
          const [low, high] = [Math.min(x, y, all.length), Math.min(Math.max(x, y), all.length)];
          return [all.slice(0, low), all.slice(low, high), all.slice(high)] as const;
        };
        const [first, second] = [cut(a, b), cut(c, d)];
        const same = first.every((part, i) => part.length === second[i]?.length);
        const [k1, m1, s1] = first;
        const [k2, m2, s2] = second;
        expect(one(k1, m1, s1) === one(k2, m2, s2)).toBe(same);
      },
    ),
  );
  fc.assert(
    fc.property(bytes, bytes, (key, signature) => {
      expect(one(key, encodeUtf8(''), signature)).not.toBe(one(key, Uint8Array.of(0), signature));
    }),
  );
});

test('what was not remembered is unknown, what was is valid, and both are counted', () => {
  const cache = createVerifiedCache(10);
  expect(cache.lookup('a')).toBe('unknown');
  cache.remember('a');
  expect(cache.lookup('a')).toBe('valid');
  expect(cache.lookup('b')).toBe('unknown');
  expect(cache.counters()).toEqual({ size: 1, hits: 1, misses: 2, evictions: 0 });
});

test('over its capacity the least recently used goes', () => {
  const cache = createVerifiedCache(2);
  cache.remember('a');
  cache.remember('b');
  cache.remember('a');
  expect(cache.lookup('b')).toBe('valid');
  cache.remember('c');
  expect(cache.counters()).toMatchObject({ size: 2, evictions: 1 });
  expect(['a', 'b', 'c'].map((key) => cache.lookup(key))).toEqual(['unknown', 'valid', 'valid']);
});

test.each([0, -1, 1.5, Number.NaN])('a capacity of %d is refused', (capacity) => {
  expect(() => createVerifiedCache(capacity)).toThrow('positive whole number');
});
