import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecencyMap } from '../src/recency-map.ts';

/** What it must be, in the fewest words: a list of pairs, the most recent last. */
const model = (entriesMax: number) => {
  let pairs: readonly (readonly [number, number])[] = [];
  return {
    put: (key: number, value: number): void => {
      const others = pairs.filter(([other]) => other !== key);
      pairs = [...others, [key, value] as const].slice(-entriesMax);
    },
    pairs: () => pairs,
  };
};

const byKey = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;

test('holds the entries that were put last, whatever the order of puts', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer()), { maxLength: 60 }),
      (entriesMax, puts) => {
        const map = createRecencyMap<number, number>(entriesMax);
        const expected = model(entriesMax);
        for (const [key, value] of puts) {
          map.put(key, value);
          expected.put(key, value);
          const held = [...map.keys()].map((each) => [each, map.get(each)] as const);
          expect(held.toSorted(byKey)).toEqual(expected.pairs().toSorted(byKey));
          expect(map.size).toBe(expected.pairs().length);
        }
      },
    ),
  );
});

test('asking for an entry does not keep it', () => {
  const map = createRecencyMap<string, number>(2);
  map.put('a', 1);
  map.put('b', 2);
  expect(map.get('a')).toBe(1);
  map.put('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 2, 3]);
});
