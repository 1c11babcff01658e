// Usage: npm run soak -- [count] [first seed]. Runs that many seeded worlds on all cores and prints what
// was decided and injected; a run that is not clean is printed by seed, minimised. Stopped early, it says where to go on.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addSums, emptySums, sumsLine } from '@zhtp/simulator';
import type { SoakAnswer, SoakTask } from './soak-worker.ts';

const SEEDS_PER_TASK = 10;
const PRINT_EVERY_RUNS = 100;

const NUMBER_MAX = 999_999_999;

const readNumber = (what: string, text: string, low: number): number => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low) return value;
  process.stderr.write(
    `error: the ${what} must be a whole number from ${String(low)} to ${String(NUMBER_MAX)}, got '${text}': npm run soak -- [count] [first seed]\n`,
  );
  process.exit(1);
};

const [countText = '1000', firstText = '1', ...rest] = process.argv.slice(2);
const count = readNumber('count of runs', countText, 1);
const first = readNumber('first seed', firstText, 0);
if (rest.length > 0) {
  process.stderr.write(`error: a count and a first seed are all there is, got '${rest.join(' ')}' more\n`);
  process.exit(1);
}
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
  if (left > 0) print(`to go on: npm run soak -- ${String(left)} ${String(resumeAt())}`);
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
