import { createWorld, nullScheme, worldValidators, type World } from '@zhtp/simulator';
import { describe, expect, test } from 'vitest';

const NODES = [0, 1, 2, 3];
/** The proposer of height 2 sleeps at first, so that this height takes a second round. */
const SLEEPER =
  worldValidators(nullScheme(), NODES.length)
    .map(({ identity }, index) => ({ identity, index }))
    .toSorted((a, b) => (a.identity < b.identity ? -1 : 1))
    .map(({ index }) => index)[2] ?? 0;
const AWAKE = NODES.filter((node) => node !== SLEEPER);

const polkasOf = (world: World, node: number): number | undefined =>
  world.nodes[node]?.running()?.status()?.polkas.polkas;

const secondRoundAtHeight2 = async (evidenceAgeMs: bigint): Promise<World> => {
  const world = createWorld({ seed: 11, validators: 4, parameters: { evidenceAgeMs } });
  for (const node of AWAKE) world.start(node);
  await world.runUntil(() => AWAKE.every((node) => world.record.committedBy(node) >= 2n), 60_000);
  expect(Math.max(...world.record.heights().map(({ round }) => round))).toBeGreaterThan(0);
  return world;
};

describe('the polka behind a vote of a later round', () => {
  test('is kept by every node that was there, through a restart, and answers for its height', async () => {
    const world = await secondRoundAtHeight2(600_000n);
    for (const node of AWAKE) expect(polkasOf(world, node)).toBeGreaterThanOrEqual(1);
    const [first = 0] = AWAKE;
    const before = polkasOf(world, first);
    world.crash(first);
    world.start(first);
    await world.runUntil(() => polkasOf(world, first) !== undefined, world.scheduler.nowMs() + 5_000);
    expect(polkasOf(world, first)).toBe(before);
  });

  test('is forgotten with the evidence age', async () => {
    const world = await secondRoundAtHeight2(2_000n);
    world.start(SLEEPER);
    await world.runUntil(() => NODES.every((node) => world.record.committedBy(node) >= 8n), 240_000);
    const round0 = world.record.heights().filter(({ height }) => height > 4n);
    expect(round0.every(({ round }) => round === 0)).toBe(true);
    for (const node of AWAKE) expect(polkasOf(world, node)).toBe(0);
  });
});
