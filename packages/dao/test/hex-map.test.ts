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

const change = fc.tuple(key, fc.option(fc.nat(3), { nil: undefined }));

const changed = (map: HexMap<string, number>, changes: readonly (readonly [string, number | undefined])[]) =>
  changes.reduce((next, [k, value]) => (value === undefined ? next.without(k) : next.with(k, value)), map);

test('changes since an earlier version are what a comparison of all entries finds, in key order', () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (first, second) => {
      const before = changed(HexMap.empty(), first);
      const after = changed(before, second);
      const keys = [...new Set([...before, ...after].map(([k]) => k))].toSorted();
      const expected = keys
        .map((k) => ({ key: k, before: before.get(k), after: after.get(k) }))
        .filter((entry) => entry.before !== entry.after);
      expect([...after.changesSince(before)]).toEqual(expected);
      expect([...HexMap.of(after).changesSince(before)]).toEqual(expected);
      expect([...after.changesSince(after)]).toEqual([]);
    }),
  );
});
