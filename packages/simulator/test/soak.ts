// Usage: npm run soak -w @zhtp/simulator -- [count] [first seed]. Runs that many seeded worlds on all cores and prints what
// was decided and injected; a run that is not clean is printed by seed, minimised. Stopped early, it says where to go on.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addSums, emptySums, sumsLine } from '@zhtp/simulator';
import type { SoakAnswer, SoakTask } from './soak-worker.ts';

const SEEDS_PER_TASK = 10;
const PRINT_EVERY_RUNS = 100;

const readNumber = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a count or seed must be a whole number, got ${text}`);
  return Number(text);
};

const count = readNumber(process.argv[2], 1_000);
const first = readNumber(process.argv[3], 1);
const end = first + count;
const startedAtMs = performance.now();
const running = new Set<SoakTask>();
let next = first;
let sums = emptySums;
let printed = 0;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Every seed below this one has been run. */
const resumeAt = (): number => Math.min(next, ...[...running].map((task) => task.first));

const progress = (): void => {
  const perSecond = (1_000 * sums.runs) / (performance.now() - startedAtMs);
  print(`${sumsLine(sums)}; ${perSecond.toFixed(1)} runs/s; seeds ${String(first)} to ${String(resumeAt() - 1)} done`);
};

const give = (worker: Worker): void => {
  if (next >= end) {
    void worker.terminate();
    return;
  }
  const task: SoakTask = { first: next, count: Math.min(SEEDS_PER_TASK, end - next) };
  next += task.count;
  running.add(task);
  worker.once('message', ({ sums: more, reports }: SoakAnswer) => {
    running.delete(task);
    sums = addSums(sums, more);
    reports.forEach(print);
    if (sums.runs - printed >= PRINT_EVERY_RUNS) {
      printed = sums.runs;
      progress();
    }
    give(worker);
  });
  worker.postMessage(task);
};

const finish = (): void => {
  progress();
  const left = end - resumeAt();
  if (left > 0) print(`to go on: npm run soak -w @zhtp/simulator -- ${String(left)} ${String(resumeAt())}`);
  process.exitCode = sums.failed.length > 0 ? 1 : 0;
};

process.once('SIGINT', () => {
  finish();
  process.exit(130);
});
const workers = Array.from(
  { length: availableParallelism() },
  () => new Worker(new URL('soak-worker.ts', import.meta.url)),
);
await Promise.all(
  workers.map(
    (worker) =>
      new Promise<void>((resolve, reject) => {
        worker.once('exit', () => {
          resolve();
        });
        worker.once('error', reject);
        give(worker);
      }),
  ),
);
finish();
