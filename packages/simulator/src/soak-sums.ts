import type { Fault } from './fault-plan.ts';
import { isClean, type RunOutcome } from './seeded-run.ts';

/** What many seeded runs came to. */
export interface SoakSums {
  readonly runs: number;
  readonly heights: number;
  /** Faults that were injected, by kind; `Twin` counts validators that ran twice with one key. */
  readonly faults: Readonly<Record<Fault['_tag'] | 'Twin', number>>;
  /** Contents that twins signed beside another one in the same slot. */
  readonly equivocations: number;
  /** Seeds of runs that were not clean, in the order they ended. */
  readonly failed: readonly number[];
}

/** Of no run. */
export const emptySums: SoakSums = {
  runs: 0,
  heights: 0,
  faults: { Crash: 0, CrashAll: 0, Partition: 0, LossBurst: 0, SlowLinks: 0, SlowDisk: 0, ClockError: 0, Twin: 0 },
  equivocations: 0,
  failed: [],
};

const addFaults = (a: SoakSums['faults'], b: SoakSums['faults']): SoakSums['faults'] => ({
  Crash: a.Crash + b.Crash,
  CrashAll: a.CrashAll + b.CrashAll,
  Partition: a.Partition + b.Partition,
  LossBurst: a.LossBurst + b.LossBurst,
  SlowLinks: a.SlowLinks + b.SlowLinks,
  SlowDisk: a.SlowDisk + b.SlowDisk,
  ClockError: a.ClockError + b.ClockError,
  Twin: a.Twin + b.Twin,
});

/** Of the runs of both. */
export const addSums = (a: SoakSums, b: SoakSums): SoakSums => ({
  runs: a.runs + b.runs,
  heights: a.heights + b.heights,
  faults: addFaults(a.faults, b.faults),
  equivocations: a.equivocations + b.equivocations,
  failed: [...a.failed, ...b.failed],
});

/** Of one run. */
export const sumsOf = (outcome: RunOutcome): SoakSums => {
  const { plan, heights, equivocations } = outcome;
  const faults: Record<Fault['_tag'] | 'Twin', number> = { ...emptySums.faults, Twin: plan.twins.length };
  for (const fault of plan.faults) faults[fault._tag] += 1;
  return { runs: 1, heights, faults, equivocations, failed: isClean(outcome) ? [] : [plan.seed] };
};

/** Faults of all kinds. */
export const totalFaults = ({ faults }: SoakSums): number => Object.values(faults).reduce((a, b) => a + b, 0);

/** `7 runs, 162 heights, 31 faults (Crash 9, …)`. */
export const sumsLine = (sums: SoakSums): string => {
  const kinds = Object.entries(sums.faults)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${String(count)}`);
  return (
    `${String(sums.runs)} runs, ${String(sums.heights)} heights decided, ${String(totalFaults(sums))} faults (${kinds.join(', ')}), ` +
    `${String(sums.equivocations)} double signs by twins, ${String(sums.failed.length)} runs not clean`
  );
};
