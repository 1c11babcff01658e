import { expect, test } from 'vitest';
import { runSimulation } from '../src/run-simulation.ts';

// The full form is in the README: 1,000 heights.
test.each([1, 7])(
  'a fifth of all messages lost and one of four validators dead: every height is decided, seed %i',
  async (seed) => {
    const result = await runSimulation({
      validators: 4,
      heights: 60,
      seed,
      loss: 200,
      crash: 1,
      delay: { minMs: 5, maxMs: 60 },
      realKeys: false,
      transactions: false,
      timing: false,
    });
    expect(result.isComplete).toBe(true);
    expect(result.heights.map(({ height }) => height)).toEqual(Array.from({ length: 60 }, (_, i) => BigInt(i + 1)));
    expect(result.violations).toEqual([]);
    expect(result.faults).toEqual([]);
    // Nobody here lies: a reported peer is a false accusation.
    expect([...result.network.offences]).toEqual([]);
  },
);
