import { createWorld } from '@zhtp/simulator';
import { describe, expect, test } from 'vitest';

const HUB = 4;

describe('validators that reach each other through one full node only', () => {
  test.each([1, 2, 3])(
    'go on deciding with a fifth of all messages lost and one of four down, seed %i',
    async (seed) => {
      const world = createWorld({
        seed,
        validators: 4,
        fullNodes: 1,
        links: { delayMinMs: 5, delayMaxMs: 60, lossPerMille: 200 },
        areLinked: (a, b) => a === HUB || b === HUB,
      });
      for (const index of [0, 1, 2, HUB]) world.start(index);
      const isDone = (): boolean => [0, 1, 2].every((index) => world.record.committedBy(index) >= 15n);
      await world.runUntil(isDone, 600_000);
      expect(isDone()).toBe(true);
      expect(world.record.disagreements()).toEqual([]);
      world.stop();
    },
  );
});
