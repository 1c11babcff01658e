import type { SignatureCheck } from '@zhtp/types';
import { createVerifiedChecks } from '@zhtp/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const CHECK: SignatureCheck = {
  algorithm: 'ML-DSA-44',
  publicKey: Uint8Array.of(1, 2, 3),
  domain: 'zhtp/vote/v1',
  message: Uint8Array.of(4, 5),
  signature: Uint8Array.of(6, 7, 8),
};

/** The same in memory of its own. */
const copyOf = (check: SignatureCheck): SignatureCheck => ({
  ...check,
  publicKey: check.publicKey.slice(),
  message: check.message.slice(),
  signature: check.signature.slice(),
});

const signed = (...signature: readonly number[]): SignatureCheck => ({
  ...CHECK,
  signature: Uint8Array.from(signature),
});

test('what was not remembered is unknown, what was is valid in whatever memory it comes, and both are counted', () => {
  const checks = createVerifiedChecks(10);
  expect(checks.lookup(CHECK)).toBe('unknown');
  checks.remember(CHECK);
  expect(checks.lookup(copyOf(CHECK))).toBe('valid');
  expect(checks.lookup(signed(9))).toBe('unknown');
  expect(checks.counters()).toEqual({ size: 1, hits: 1, misses: 2, evictions: 0 });
});

test('a check that differs in one field is unknown', () => {
  const checks = createVerifiedChecks(10);
  checks.remember(CHECK);
  const others: readonly SignatureCheck[] = [
    { ...CHECK, algorithm: 'ML-DSA-65' },
    { ...CHECK, publicKey: Uint8Array.of(1, 2, 4) },
    { ...CHECK, domain: 'zhtp/proposal/v1' },
    { ...CHECK, message: Uint8Array.of(4, 6) },
    { ...CHECK, message: Uint8Array.of(4, 5, 0) },
    signed(6, 7, 9),
    signed(6, 7),
    signed(6, 7, 8, 0),
    signed(),
  ];
  expect(others.map(checks.lookup)).toEqual(others.map(() => 'unknown'));
});

test('no bit of a signature is left out', () => {
  const signature = new Uint8Array(3_309).fill(0x5a);
  const checks = createVerifiedChecks(1);
  checks.remember({ ...CHECK, signature });
  fc.assert(
    fc.property(fc.nat(signature.length - 1), fc.nat(7), (at, bit) => {
      const other = signature.slice();
      other[at] = (other[at] ?? 0) ^ (1 << bit);
      expect(checks.lookup({ ...CHECK, signature: other })).toBe('unknown');
      expect(checks.lookup({ ...CHECK, signature: signature.slice() })).toBe('valid');
    }),
  );
});

test('of two checks whose signatures begin alike the later one is known', () => {
  const checks = createVerifiedChecks(2);
  checks.remember(signed(1, 2, 3, 4, 5));
  checks.remember(signed(1, 2, 3, 4, 6));
  expect([5, 6].map((last) => checks.lookup(signed(1, 2, 3, 4, last)))).toEqual(['unknown', 'valid']);
  // The first one goes, and does not take the second with it.
  checks.remember(signed(7));
  expect(checks.lookup(signed(1, 2, 3, 4, 6))).toBe('valid');
});

test('over its capacity the oldest goes, however often it was looked up; again is no second time', () => {
  const checks = createVerifiedChecks(2);
  checks.remember(signed(1));
  checks.remember(signed(2));
  checks.remember(copyOf(signed(1)));
  expect(checks.counters()).toMatchObject({ size: 2, evictions: 0 });
  expect(checks.lookup(signed(1))).toBe('valid');
  checks.remember(signed(3));
  expect(checks.counters()).toMatchObject({ size: 2, evictions: 1 });
  expect([1, 2, 3].map((first) => checks.lookup(signed(first)))).toEqual(['unknown', 'valid', 'valid']);
});

test('the last so many of any row of checks are known, and no others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(40), (capacity, count) => {
      const checks = createVerifiedChecks(capacity);
      const row = Array.from({ length: count }, (_, i) => signed(i, i, i, i));
      row.forEach(checks.remember);
      const known = row.map((_, i) => (i >= count - capacity ? 'valid' : 'unknown'));
      expect(row.map(checks.lookup)).toEqual(known);
      expect(checks.counters()).toMatchObject({
        size: Math.min(capacity, count),
        evictions: Math.max(0, count - capacity),
      });
    }),
  );
});

test.each([
  [16 * 1024, 'unknown'],
  [16 * 1024 + 1, 'valid'],
])(
  'of memory of %d bytes that is written to again, what was remembered is %s: a block is not kept for one signature in it',
  (length, known) => {
    const memory = new Uint8Array(length).fill(1);
    const check = { ...CHECK, signature: memory.subarray(5, 105), message: memory.subarray(7, 9) };
    const before = copyOf(check);
    const checks = createVerifiedChecks(2);
    checks.remember(check);
    expect(checks.lookup(before)).toBe('valid');
    memory.fill(2);
    expect(checks.lookup(before)).toBe(known);
  },
);

test.each([0, -1, 1.5, Number.NaN])('a capacity of %d is refused', (capacity) => {
  expect(() => createVerifiedChecks(capacity)).toThrow('positive whole number');
});
