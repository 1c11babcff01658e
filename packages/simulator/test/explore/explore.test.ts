import { describe, expect, test } from 'vitest';
import {
  describeTrace,
  explore,
  FOUR_VALIDATORS,
  PAPER,
  walk,
  WITH_ADDITIONS,
  type ExploreOptions,
} from '@zhtp/simulator';

const oneRound = { ...FOUR_VALIDATORS, proposers: [0] };
const withOptions = { 'of the paper': PAPER, 'with both additions': WITH_ADDITIONS };

/** What the correct nodes can say and decide, as text. */
const histories = (options: ExploreOptions): ReadonlySet<string> => {
  const found = new Set<string>();
  explore({
    ...options,
    history: (logs) => {
      const said = logs.map(({ sent, decided }) => [
        ...sent.map(({ kind, round, value }) => `${kind} ${String(round)} ${String(value)}`),
        decided?.value ?? '',
      ]);
      found.add(JSON.stringify(said));
    },
  });
  return found;
};

describe.each(Object.entries(withOptions))('one height %s', (_name, options) => {
  test('keeps every property in all interleavings of one round with one liar', () => {
    const all = explore({ world: { ...oneRound, options }, statesMax: 100_000 });
    expect(all.breach).toBeNull();
    expect(all.decidedStates).toBeGreaterThan(0);
    expect(all.unexpanded).toBe(0);
    expect(all.depth).toBe(9);
    expect(all.decidedHistories.every((count) => count > 0)).toBe(true);
  }, 120_000);

  test('keeps every property, delivery by delivery, as far as 10 000 states go', () => {
    const world = { ...FOUR_VALIDATORS, options, evidenceContents: true };
    const some = explore({ world, statesMax: 10_000, search: 'every-delivery' });
    expect(some.breach).toBeNull();
    expect(some.states).toBeGreaterThanOrEqual(10_000);
  }, 120_000);

  test('has the same histories by turns as with a search that reduces less', () => {
    const world = { ...oneRound, values: ['x'], options };
    const sorted = (search: 'by-turns' | 'just-in-time'): readonly string[] =>
      [...histories({ world, statesMax: 100_000, search })].sort();
    const byTurns = sorted('by-turns');
    expect(byTurns).toEqual(sorted('just-in-time'));
    expect(byTurns.length).toBeGreaterThan(100);
  }, 120_000);
});

test('a liar with three sevenths of the power is found to split the others, with a run that shows it', () => {
  const world = { ...oneRound, powers: [2n, 1n, 1n, 3n], proposers: [3] };
  const found = explore({ world, statesMax: 100_000, properties: ['S1'] });
  expect(found.breach?.property).toBe('S1');
  expect(describeTrace(found.trace ?? []).join('\n')).toMatch(/decides x[^]*decides y|decides y[^]*decides x/);
}, 120_000);

// Worlds in which planted faults are found: the right core breaks nothing there.
test.each([
  ['a liar with a third of the power', { powers: [2n, 1n, 1n, 2n], proposers: [3] }],
  ['a correct validator that needs the liar alone for a quorum', { powers: [3n, 1n, 1n, 2n], proposers: [0, 3, 3] }],
])('%s breaks nothing, as far as 30 000 states go', { timeout: 120_000 }, (_title, bounds) => {
  const found = explore({ world: { ...FOUR_VALIDATORS, ...bounds }, statesMax: 30_000 });
  expect(found.breach).toBeNull();
  expect(found.states >= 30_000 || found.unexpanded === 0).toBe(true);
  expect(found.depth).toBeGreaterThanOrEqual(6);
});

test('an exploration is for three correct validators', () => {
  expect(() => explore({ world: { ...oneRound, byzantine: [2, 3] }, statesMax: 1 })).toThrow(
    'exactly three correct validators',
  );
});

test('an exploration of a world with more deliveries than it can tell apart is refused', () => {
  const world = { ...FOUR_VALIDATORS, proposers: Array.from({ length: 48 }, () => 3), evidenceContents: true };
  expect(() => explore({ world, search: 'every-delivery', statesMax: 2 })).toThrow(
    'more than 4096 deliveries: choose a world with fewer rounds or values',
  );
}, 120_000);

describe('seeded walks', () => {
  test('keep every property, and one seed is one walk', () => {
    const walks = Array.from({ length: 40 }, (_, seed) => walk(seed, 300));
    expect(walks.filter(({ breach }) => breach !== null)).toEqual([]);
    expect(walks.some(({ decided }) => decided > 0)).toBe(true);
    expect(walks.some(({ round }) => round > 1)).toBe(true);
    expect(walk(7, 300)).toEqual(walk(7, 300));
  }, 120_000);
});
