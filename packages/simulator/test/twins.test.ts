import { describe, expect, test } from 'vitest';
import { createSeededRandom, injectFaults, createWorld, type Fault, type World } from '@zhtp/simulator';

/** One key on two machines that do not know of each other: each keeps the rules, together they break them. */
interface TwinRun {
  readonly world: World;
  /** Nodes that run alone with their key. */
  readonly correct: readonly number[];
}

const HEIGHTS = 6n;
const SPLIT_UNTIL_MS = 10_000;

const splits = (seed: number, nodes: number, everyMs: number): readonly Fault[] => {
  const random = createSeededRandom(seed).fork(8);
  const faults: Fault[] = [];
  for (let atMs = 0; atMs < SPLIT_UNTIL_MS; atMs += everyMs) {
    const groups: number[][] = [[], []];
    for (let node = 0; node < nodes; node++) groups[random.int(0, 1)]?.push(node);
    faults.push({ _tag: 'Partition', groups, atMs, forMs: everyMs });
  }
  return faults;
};

/** Twins under partitions that change every `everyMs`, about a round, or stay until the network heals. */
const runTwins = async (
  seed: number,
  validators: number,
  twinsOf: readonly number[],
  everyMs: number,
): Promise<TwinRun> => {
  const world = createWorld({ seed, validators, twinsOf });
  const correct = Array.from({ length: validators }, (_, index) => index).filter((index) => !twinsOf.includes(index));
  world.nodes.forEach((_node, index) => {
    world.start(index);
  });
  injectFaults(world, splits(seed, world.nodes.length, everyMs));
  const isDone = (): boolean => correct.every((index) => world.record.committedBy(index) >= HEIGHTS);
  await world.runUntil(() => world.scheduler.nowMs() >= SPLIT_UNTIL_MS && isDone(), 200_000);
  return { world, correct };
};

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

describe.each([
  ['one twin of four', 4, [0]],
  ['two twins of seven', 7, [2, 5]],
])('%s', (_title, validators, twinsOf) => {
  test.each([
    ['that lasts', SPLIT_UNTIL_MS],
    ['that changes every second or so', 900],
  ])('never breaks agreement, under a partition %s', { timeout: 60_000 }, async (_how, everyMs) => {
    let equivocations = 0;
    for (const seed of SEEDS) {
      const { world, correct } = await runTwins(seed, validators, twinsOf, everyMs);
      expect(world.checker.violations(), `seed ${String(seed)}`).toEqual([]);
      for (const index of correct) {
        expect(world.record.committedBy(index), `seed ${String(seed)}`).toBeGreaterThanOrEqual(HEIGHTS);
        expect(world.nodes[index]?.fault()).toBeUndefined();
      }
      equivocations += world.checker.equivocations();
      world.stop();
    }
    // Twins that agree by chance would prove nothing; the first conviction takes them out of the set.
    expect(2 * equivocations).toBeGreaterThan(SEEDS.length);
  });
});
