import type { IdentityId } from '@zhtp/types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HexMap } from '@zhtp/dao';
import { person } from './support.ts';

/** Keys that share long beginnings, and keys that do not. */
const key = fc.oneof(
  fc.nat(40).map(person),
  fc.tuple(fc.nat(63), fc.nat(15)).map(([at, digit]) => '0'.repeat(64).split('').with(at, digit.toString(16)).join('')),
);

test('holds what a Map holds, in key order, after any sequence of changes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.option(fc.nat(), { nil: undefined }))), (changes) => {
      const model = new Map<string, number>();
      let map = HexMap.empty<string, number>();
      for (const [k, value] of changes) {
        if (value === undefined) model.delete(k);
        else model.set(k, value);
        map = value === undefined ? map.without(k) : map.with(k, value);
      }
      expect([...map]).toEqual([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
      expect([...map.values()]).toEqual([...map].map(([, value]) => value));
      expect(map.size).toBe(model.size);
      for (const [k] of changes) expect(map.get(k)).toBe(model.get(k));
    }),
  );
});

test('an older version stays what it was', () => {
  const one = HexMap.empty<IdentityId, string>().with(person('a'), 'first');
  const two = one.with(person('a'), 'second').with(person('b'), 'new');
  expect(one.get(person('a'))).toBe('first');
  expect(one.has(person('b'))).toBe(false);
  expect(two.without(person('a')).size).toBe(1);
  expect(two.size).toBe(2);
});
