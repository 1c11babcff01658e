import type { FrozenValidator } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createSeededRandom, createWorld, type PortCall, type World } from '@zhtp/simulator';
import { ledgerWithSchedule, members, votersBySchedule } from './support/scheduled-changes.ts';

const NODES = [0, 1, 2, 3];
const MORTAL = 0;
const DOWN_MS = 300;
/** Sixteen states are kept: for most of the run sets are deleted as often as they are stored. */
const HEIGHTS = 44n;

const powersOf = (each: bigint): readonly FrozenValidator[] => members(NODES.map((index) => [index, each]));
const GENESIS_SET = powersOf(1n);

/** Heights at which a set is decided that was never there before and never comes back. */
const CHANGES: ReadonlyMap<bigint, readonly FrozenValidator[]> = new Map(
  Array.from({ length: Number(HEIGHTS) }, (_, i) => BigInt(i + 1))
    .filter((height) => height % 3n !== 0n)
    .map((height) => [height, powersOf(height + 1n)]),
);

/** Calls after which something else is stored of a height. */
const PLACES: readonly PortCall[] = [
  'application.commit',
  'application.finalizeBlock',
  'blockStore.save',
  'chainStates.save',
  'journal.rotate',
];
/** A height takes five of them, a start some more: it gets on between two deaths, mostly. */
const MEAN_CALLS_OF_LIFE = 10;

const runWithDeaths = async (seed: number): Promise<readonly string[]> => {
  const random = createSeededRandom(seed);
  const deaths: string[] = [];
  let world: World | undefined;
  world = createWorld({
    seed,
    validators: NODES.length,
    parameters: { evidenceAgeMs: 3_000n },
    openApplication: ledgerWithSchedule({ sets: CHANGES }),
    validatorsAt: votersBySchedule(GENESIS_SET, CHANGES),
    interrupt: (node) => (call) => {
      if (node !== MORTAL || !(PLACES.includes(call) || call === 'chainStates.writeRows')) return 'go on';
      if (random.int(1, MEAN_CALLS_OF_LIFE) > 1) return 'go on';
      const when = random.int(0, 1) === 0 ? 'before' : 'after';
      deaths.push(`${when} ${call}`);
      world?.scheduler.after(DOWN_MS, () => world?.start(node));
      return when;
    },
  });
  const { record, checker, nodes } = world;
  for (const index of NODES) world.start(index);
  const isDone = (): boolean => NODES.every((index) => record.committedBy(index) >= HEIGHTS);
  await world.runUntil(() => isDone() || nodes.some((node) => node.fault() !== undefined), 600_000);
  expect(
    nodes.flatMap((node) => node.fault() ?? []),
    deaths.join(', '),
  ).toEqual([]);
  expect(checker.violations()).toEqual([]);
  expect(isDone()).toBe(true);
  world.stop();
  return deaths;
};

describe('a chain whose set changes at most heights, where sets are soon forgotten', () => {
  test(
    'a process that dies again and again where a height is stored finds all that its states name',
    { timeout: 120_000 },
    async () => {
      const deaths = new Set<string>();
      for (const seed of [1, 2, 3, 4, 5, 6]) for (const death of await runWithDeaths(seed)) deaths.add(death);
      for (const call of PLACES) for (const when of ['before', 'after']) expect(deaths).toContain(`${when} ${call}`);
    },
  );
});
