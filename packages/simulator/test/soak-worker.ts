import { parentPort } from 'node:worker_threads';
import { addSums, emptySums, isClean, minimised, runSeed, sumsOf, type SoakSums } from '@zhtp/simulator';

/** Seeds from `first` on that a worker runs before it answers. */
export interface SoakTask {
  readonly first: number;
  readonly count: number;
}

export interface SoakAnswer {
  readonly sums: SoakSums;
  /** One for each run that was not clean, with the fewest faults that still fail. */
  readonly reports: readonly string[];
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? String(entry) : entry));

const run = async (task: SoakTask): Promise<SoakAnswer> => {
  let sums = emptySums;
  const reports: string[] = [];
  for (let seed = task.first; seed < task.first + task.count; seed++) {
    const outcome = await runSeed(seed);
    sums = addSums(sums, sumsOf(outcome));
    if (isClean(outcome)) continue;
    const { plan, violations, complaints } = await minimised(outcome);
    reports.push(`seed ${String(seed)}\n  plan ${show(plan)}\n  ${show({ violations, complaints })}`);
  }
  return { sums, reports };
};

parentPort?.on('message', (task: SoakTask) => {
  void run(task).then((answer) => parentPort?.postMessage(answer));
});
