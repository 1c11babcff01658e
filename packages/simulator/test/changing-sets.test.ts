import type { CommittedBlock, FrozenValidator } from '@zhtp/types';
import { nextRotation, startRotation, weightedProposers, type WeightedRotation } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '@zhtp/simulator';
import { ledgerWithSchedule, members, votersBySchedule } from './support/scheduled-changes.ts';

const HEIGHTS = 24n;
const GENESIS_SET = members([0, 1, 2, 3].map((index) => [index, 1n]));

/** Joins, leaves, comes back, and powers that differ; every entry acts two heights after its key. */
const SETS = new Map<bigint, readonly FrozenValidator[]>([
  [3n, members([0, 1, 2, 3, 4].map((index) => [index, 1n]))],
  [
    6n,
    members([
      [0, 5n],
      [1, 3n],
      [2, 3n],
      [3, 3n],
      [4, 1n],
      [5, 4n],
    ]),
  ],
  [
    9n,
    members([
      [1, 3n],
      [2, 3n],
      [4, 2n],
      [5, 4n],
    ]),
  ],
  [
    10n,
    members([
      [0, 2n],
      [1, 3n],
      [2, 3n],
      [4, 2n],
      [5, 4n],
    ]),
  ],
  [15n, members([0, 1, 2, 3].map((index) => [index, 7n]))],
]);

interface Watched extends World {
  /** What node 0 committed, in order. */
  readonly blocks: readonly CommittedBlock[];
}

const watched = (options: WorldOptions): Watched => {
  const blocks: CommittedBlock[] = [];
  const world = createWorld({
    ...options,
    observe: (node, event) => {
      if (node === 0 && event._tag === 'BlockCommitted') blocks.push(event);
    },
  });
  return { ...world, blocks };
};

const changingWorld = (seed: number, proposerRotation: 'RoundRobin' | 'Weighted', lossPerMille = 0): Watched =>
  watched({
    seed,
    validators: 4,
    standbys: 2,
    links: { delayMinMs: 5, delayMaxMs: 60, lossPerMille },
    parameters: { proposerRotation },
    openApplication: ledgerWithSchedule({ sets: SETS }),
    validatorsAt: votersBySchedule(GENESIS_SET, SETS),
  });

const decide = async (world: World, height: bigint): Promise<boolean> => {
  world.nodes.forEach((_node, index) => {
    world.start(index);
  });
  return world.runUntil(() => world.nodes.every((_node, index) => world.record.committedBy(index) >= height), 600_000);
};

describe('a set decided in block h acts at h + 2', () => {
  test.each([1, 2, 3])('and everybody agrees on who votes, seed %i', async (seed) => {
    const world = changingWorld(seed, 'RoundRobin', 50);
    expect(await decide(world, HEIGHTS)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    world.stop();
  });

  test('certificates are as wide as the set of their height', async () => {
    const world = changingWorld(4, 'RoundRobin');
    expect(await decide(world, HEIGHTS)).toBe(true);
    const widths = world.blocks.map(({ certificate }) => certificate.setSize);
    expect(widths).toEqual(
      world.blocks.map(({ block }) => votersBySchedule(GENESIS_SET, SETS)(block.header.height).length),
    );
    expect(new Set(widths)).toEqual(new Set([4, 5, 6]));
    world.stop();
  });

  test('a validator that left goes on following, and one that was killed comes back under another set', async () => {
    const world = changingWorld(5, 'RoundRobin');
    world.nodes.forEach((_node, index) => {
      world.start(index);
    });
    const head = (index: number) => world.record.committedBy(index);
    expect(await world.runUntil(() => head(0) >= 4n, 60_000)).toBe(true);
    world.crash(1);
    expect(await world.runUntil(() => head(0) >= 14n, 200_000)).toBe(true);
    world.start(1);
    expect(await world.runUntil(() => world.nodes.every((_node, i) => head(i) >= HEIGHTS), 400_000)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    world.stop();
  });
});

describe('weighted rotation', () => {
  /** Round-0 proposers by the specification's steps, from the schedule of sets alone. */
  const expected = (): ReadonlyMap<bigint, (round: number) => string> => {
    const votersAt = votersBySchedule(GENESIS_SET, SETS);
    const proposers = new Map<bigint, (round: number) => string>();
    let rotation: WeightedRotation | undefined = startRotation(GENESIS_SET);
    for (let height = 1n; height <= HEIGHTS && rotation !== undefined; height++) {
      proposers.set(height, weightedProposers(rotation));
      rotation = nextRotation(rotation, votersAt(height + 1n));
    }
    return proposers;
  };

  test('decides with changing sets, and blocks come from the proposers of the specification', async () => {
    const world = changingWorld(6, 'Weighted');
    expect(await decide(world, HEIGHTS)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    const proposers = expected();
    const headers = world.blocks.map(({ block }) => block.header).filter(({ height }) => height <= HEIGHTS);
    expect(headers).toHaveLength(Number(HEIGHTS));
    for (const header of headers) {
      const of = proposers.get(header.height);
      expect([0, 1, 2, 3].map((round) => of?.(round))).toContain(header.proposer);
    }
    const first = headers.filter(({ height, proposer }) => proposers.get(height)?.(0) === proposer);
    expect(first.length).toBeGreaterThan(Number(HEIGHTS) / 2);
    world.stop();
  });

  test('survives the restart of every node at once', async () => {
    const world = changingWorld(7, 'Weighted');
    expect(await decide(world, 13n)).toBe(true);
    world.nodes.forEach((_node, index) => {
      world.crash(index);
    });
    expect(await decide(world, HEIGHTS)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    expect(world.nodes.map((node) => node.fault())).toEqual(world.nodes.map(() => undefined));
    world.stop();
  });

  test.each([11, 12, 13])('agrees under loss, seed %i', async (seed) => {
    const world = changingWorld(seed, 'Weighted', 150);
    expect(await decide(world, HEIGHTS)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    world.stop();
  });
});

describe('an upgrade height', () => {
  const upgrades = [{ height: 5n, protocol: 2 }];

  test('stops every node that does not speak the protocol, before the height and by name', async () => {
    const world = createWorld({ seed: 21, validators: 4, parameters: { upgrades } });
    await decide(world, 4n);
    await world.runUntil(() => world.nodes.every((node) => node.fault() !== undefined), 60_000);
    for (const [index, node] of world.nodes.entries()) {
      expect(node.fault()).toBe(
        'height 5 runs on protocol 2, this version speaks 1: install a version that speaks protocol 2 and start it on the same data; everything below the height is kept',
      );
      expect(world.record.committedBy(index)).toBe(4n);
    }
    world.crash(0);
    world.start(0);
    await world.runUntil(() => world.nodes[0]?.fault() !== undefined, world.scheduler.nowMs() + 60_000);
    expect(world.nodes[0]?.fault()).toContain('height 5 runs on protocol 2');
    world.stop();
  });

  test('is crossed by who speaks both protocols; a node left behind stops, and goes on with a newer version', async () => {
    let updated = false;
    const world = watched({
      seed: 22,
      validators: 4,
      parameters: { upgrades },
      protocols: (node) => (node === 3 && !updated ? [1] : [1, 2]),
    });
    world.nodes.forEach((_node, index) => {
      world.start(index);
    });
    const head = (index: number) => world.record.committedBy(index);
    expect(await world.runUntil(() => [0, 1, 2].every((i) => head(i) >= 9n), 120_000)).toBe(true);
    expect(world.nodes[3]?.fault()).toContain('height 5 runs on protocol 2');
    expect(head(3)).toBe(4n);
    const versions = world.blocks.map(({ block }) => block.header.version.protocol);
    expect(versions.slice(0, 6)).toEqual([1, 1, 1, 1, 2, 2]);
    updated = true;
    world.crash(3);
    world.start(3);
    expect(await world.runUntil(() => head(3) >= 9n, world.scheduler.nowMs() + 60_000)).toBe(true);
    world.stop();
  });
});
