import { expect, test } from 'vitest';
import { changesBetween } from '../src/avl-changes.ts';
import { builtFrom, inserted, removed, type Tree } from '../src/avl-tree.ts';
import { range } from './support.ts';

const keyOf = (n: number): string => String(n).padStart(7, '0');

const visits = (before: Tree<string, number>, after: Tree<string, number>): readonly [number, number] => {
  let looked = 0;
  const changes = [...changesBetween(before, after, () => looked++)].length;
  return [changes, looked];
};

test.each([1_000, 30_000])('in a map of %i entries, a change costs its way down and not the map', (size) => {
  const before = builtFrom(range(size).map((n): readonly [string, number] => [keyOf(2 * n), n]));
  const depth = Math.log2(size);
  for (const count of [1, 10, 100]) {
    let after: Tree<string, number> = before;
    const places = range(count).map((i) => 2 * Math.floor((i * size) / count));
    for (const [i, place] of places.entries()) {
      const [insert, remove] = [i % 3 === 0, i % 3 === 1];
      if (insert) after = inserted(after, keyOf(place + 1), -1);
      else after = remove ? removed(after, keyOf(place)) : inserted(after, keyOf(place), -1);
    }
    const [changes, looked] = visits(before, after);
    expect(changes).toBe(count);
    expect(looked).toBeLessThan(12 * count * depth);
  }
});

test('two versions that are one object cost one look', () => {
  const tree = builtFrom(range(1_000).map((n): readonly [string, number] => [keyOf(n), n]));
  expect(visits(tree, tree)).toEqual([0, 1]);
  expect(visits(undefined, undefined)).toEqual([0, 0]);
});

test('thousand entries that go in at one end leave the rest of the map unlooked at', () => {
  const size = 30_000;
  const before = builtFrom(range(size).map((n): readonly [string, number] => [keyOf(n), n]));
  const after = range(1_000).reduce<Tree<string, number>>((tree, n) => inserted(tree, keyOf(size + n), n), before);
  const [changes, looked] = visits(before, after);
  expect(changes).toBe(1_000);
  expect(looked).toBeLessThan(6_000);
});
