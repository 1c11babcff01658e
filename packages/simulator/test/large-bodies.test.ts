import { expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '@zhtp/simulator';
import { fillingApplication } from './support/filling-application.ts';

const BODY_BYTES = 300_000;

const largeWorld = (options: Partial<WorldOptions> & { readonly seed: number }): World =>
  createWorld({ validators: 4, openApplication: () => Promise.resolve(fillingApplication(BODY_BYTES)), ...options });

const decide = (world: World, height: bigint): Promise<boolean> => {
  world.nodes.forEach((_node, index) => {
    world.start(index);
  });
  return world.runUntil(() => world.nodes.every((_node, index) => world.record.committedBy(index) >= height), 600_000);
};

const counter = (world: World, name: 'bodyServed'): number =>
  world.nodes.reduce((sum, node) => sum + (node.running()?.status()?.counters[name] ?? 0), 0);

test('blocks of 300 kB are decided in the first round, with bodies fetched in pieces', async () => {
  const world = largeWorld({ seed: 1 });
  expect(await decide(world, 8n)).toBe(true);
  expect(
    world.record
      .heights()
      .slice(0, 8)
      .map(({ round }) => round),
  ).toEqual(Array.from({ length: 8 }, () => 0));
  expect(world.checker.violations()).toEqual([]);
  // Five pieces for each of three nodes at each height, and not many twice.
  expect(counter(world, 'bodyServed')).toBeGreaterThanOrEqual(8 * 3 * 5);
  expect(counter(world, 'bodyServed')).toBeLessThan(8 * 3 * 5 * 2);
  world.stop();
});

test.each([2, 3, 4])('lost pieces are asked for again, seed %i', async (seed) => {
  const world = largeWorld({ seed, links: { delayMinMs: 5, delayMaxMs: 60, lossPerMille: 100 } });
  expect(await decide(world, 6n)).toBe(true);
  expect(world.checker.violations()).toEqual([]);
  world.stop();
});

test('bodies pass along a chain of peers', async () => {
  const world = largeWorld({ seed: 5, areLinked: (a, b) => Math.abs(a - b) === 1 });
  expect(await decide(world, 5n)).toBe(true);
  expect(world.checker.violations()).toEqual([]);
  world.stop();
});

test('all nodes crash while bodies are under way, and nothing is lost', async () => {
  const world = largeWorld({ seed: 6 });
  for (const height of [2n, 3n, 4n]) {
    expect(await decide(world, height)).toBe(true);
    const until = world.scheduler.nowMs() + Number(height) * 300;
    await world.runUntil(() => world.scheduler.nowMs() >= until, until);
    world.nodes.forEach((_node, index) => {
      world.crash(index);
    });
  }
  expect(await decide(world, 8n)).toBe(true);
  expect(world.checker.violations()).toEqual([]);
  expect(world.nodes.map((node) => node.fault())).toEqual([undefined, undefined, undefined, undefined]);
  world.stop();
});
