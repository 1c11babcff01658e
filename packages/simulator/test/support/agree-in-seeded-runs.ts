import { addSums, emptySums, runSeed, sumsOf, totalFaults } from '@zhtp/simulator';
import { expect, test } from 'vitest';

/** At least this many faults per hundred runs, so that an empty plan cannot pass for a test. */
const FAULTS_MIN_PERCENT = 300;
const HEIGHTS_MIN = 20;

/** One test over the runs of `count` seeds; several files share the seeds, so that they run beside each other. */
export const agreeInSeededRuns = (from: number, count: number): void => {
  const last = from + count - 1;
  test(`agree and go on in seeded runs ${String(from)} to ${String(last)}`, { timeout: 600_000 }, async () => {
    let sums = emptySums;
    for (let seed = from; seed <= last; seed++) {
      const outcome = await runSeed(seed);
      expect(outcome.violations, `seed ${String(seed)}`).toEqual([]);
      expect(outcome.complaints, `seed ${String(seed)}`).toEqual([]);
      expect(outcome.heights).toBeGreaterThanOrEqual(HEIGHTS_MIN);
      expect(outcome.plan.faults.length).toBeGreaterThan(0);
      sums = addSums(sums, sumsOf(outcome));
    }
    expect(totalFaults(sums) * 100).toBeGreaterThan(FAULTS_MIN_PERCENT * count);
    for (const [kind, found] of Object.entries(sums.faults)) expect(found, kind).toBeGreaterThan(0);
    expect(sums).toMatchObject({ runs: count, failed: [] });
    expect(sums.equivocations).toBeGreaterThan(0);
  });
};
