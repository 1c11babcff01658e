import { expect, test } from 'vitest';
import type { RunOptions } from '../src/run-options.ts';
import { reportLines } from '../src/run-report.ts';
import { runSimulation } from '../src/run-simulation.ts';

const OPTIONS: RunOptions = {
  validators: 4,
  heights: 60,
  seed: 1,
  loss: 200,
  crash: 1,
  delay: { minMs: 5, maxMs: 60 },
  realKeys: false,
  transactions: false,
  timing: false,
};

// The full form is in the README: 1,000 heights.
test.each([1, 7])(
  'a fifth of all messages lost and one of four validators dead: every height is decided, seed %i',
  async (seed) => {
    const result = await runSimulation({ ...OPTIONS, seed });
    expect(result.isComplete).toBe(true);
    expect(result.heights.map(({ height }) => height)).toEqual(Array.from({ length: 60 }, (_, i) => BigInt(i + 1)));
    expect(result.violations).toEqual([]);
    expect(result.faults).toEqual([]);
    // Nobody here lies: a reported peer is a false accusation.
    expect([...result.network.offences]).toEqual([]);
  },
);

test('a dead validator is jailed by the rules of the chain, and the others go on without it', async () => {
  const options = { ...OPTIONS, heights: 130, loss: 0 };
  const result = await runSimulation(options);
  expect(result.isComplete).toBe(true);
  expect(result.violations).toEqual([]);
  expect([...new Set(result.heights.map(({ setSize }) => setSize))]).toEqual([4, 3]);
  // A full window of 100 blocks, and two heights until the set without it acts.
  const left = result.heights.find(({ setSize }) => setSize === 3)?.height ?? 0n;
  expect(left).toBeGreaterThan(100n);
  expect(left).toBeLessThan(110n);
  expect(reportLines(options, result)).toContain(`validators     4 from height 1, 3 from height ${String(left)}`);
  expect(result.heights.filter(({ height, round }) => height >= left && round > 0)).toEqual([]);
});
