import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyMap, OrderedMap } from '@zhtp/validators';
import { range } from './support.ts';

const word = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', 'c', '/') });

test('an ordered map holds what a Map would, in key order, and leaves its past alone', () => {
  const change = fc.tuple(word, fc.option(fc.nat()));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), word, (changes, prefix) => {
      const expected = new Map<string, number>();
      let map: OrderedMap<string, number> = emptyMap();
      for (const [key, value] of changes) {
        const before = [...map.entries()];
        const next = value === null ? map.without(key) : map.with(key, value);
        expect([...map.entries()]).toEqual(before);
        map = next;
        if (value === null) expected.delete(key);
        else expected.set(key, value);
      }
      const ordered = [...expected].toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect([...map.entries()]).toEqual(ordered);
      expect([...map.values()]).toEqual(ordered.map(([, value]) => value));
      const found = ordered.filter(([key]) => key.startsWith(prefix));
      expect([...map.startingWith(prefix)]).toEqual(found);
      const from = found[found.length >> 1]?.[0] ?? prefix;
      expect([...map.startingWith(prefix, from)]).toEqual(found.filter(([key]) => key >= from));
      expect(map.size).toBe(expected.size);
      for (const [key] of changes) expect([map.has(key), map.get(key)]).toEqual([expected.has(key), expected.get(key)]);
    }),
  );
});

test('many entries at once make the map that they make one after the other, whatever their order', () => {
  const entries = fc.array(fc.tuple(word, fc.nat()), { maxLength: 60 });
  fc.assert(
    fc.property(entries, entries, fc.boolean(), (before, list, rising) => {
      const start = OrderedMap.of(before);
      const given = rising ? [...new Map(list)].toSorted(([a], [b]) => (a < b ? -1 : 1)) : list;
      const together = start.withAll(given);
      const one = given.reduce((map, [key, value]) => map.with(key, value), start);
      expect([...together.entries()]).toEqual([...one.entries()]);
      expect(together.size).toBe(one.size);
      expect([...start.entries()]).toEqual([...OrderedMap.of(before).entries()]);
      expect([...together.changesSince(start)]).toEqual([...one.changesSince(start)]);
      const [first] = given;
      if (first !== undefined) expect([...together.without(first[0])]).toEqual([...one.without(first[0])]);
    }),
  );
});

test('ten thousand keys in ascending order go in and out again', () => {
  let map: OrderedMap<string, number> = emptyMap();
  const keys = range(10_000).map((n) => String(n).padStart(5, '0'));
  for (const [n, key] of keys.entries()) map = map.with(key, n);
  expect([...map.values()]).toEqual(range(10_000));
  for (const key of keys.toReversed()) map = map.without(key);
  expect([map.size, [...map.entries()]]).toEqual([0, []]);
});

const changes = fc.array(fc.tuple(word, fc.option(fc.nat(3))), { maxLength: 40 });

const changed = (
  map: OrderedMap<string, number>,
  list: readonly (readonly [string, number | null])[],
): OrderedMap<string, number> =>
  list.reduce((next, [key, value]) => (value === null ? next.without(key) : next.with(key, value)), map);

test('changes since an earlier version are what a comparison of all entries finds, in key order', () => {
  fc.assert(
    fc.property(changes, changes, (first, second) => {
      const before = changed(emptyMap(), first);
      const after = changed(before, second);
      const keys = [...new Set([...before, ...after].map(([key]) => key))].toSorted();
      const expected = keys
        .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
        .filter((entry) => entry.before !== entry.after);
      expect([...after.changesSince(before)]).toEqual(expected);
      expect([...OrderedMap.of(after).changesSince(before)]).toEqual(expected);
      expect([...after.changesSince(after)]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a map of entries is the one they make one after the other, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.nat(3))), fc.boolean(), (entries, sorted) => {
      const list = sorted ? [...new Map(entries)].toSorted(([a], [b]) => (a < b ? -1 : 1)) : entries;
      expect([...OrderedMap.of(list)]).toEqual([...changed(emptyMap(), list)]);
    }),
  );
});
