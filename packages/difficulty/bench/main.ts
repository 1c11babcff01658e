import { DifficultyManager } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import { retargetByDefinition } from './by-definition.ts';

const RETARGETS = 1_000_000;
const RUNS = 5;

/** Least CPU time of several runs that take turns: other work on the machine falls on all alike. */
const cpuSecondsInTurns = (works: readonly (() => void)[]): readonly number[] => {
  const least = works.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < RUNS; run++)
    for (const [i, work] of works.entries()) {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      least[i] = Math.min(least[i] ?? 0, (user + system) / 1e6);
    }
  return least;
};

const manager = DifficultyManager.default();
const T = manager.targetTimespan();
/** Targets of today and of the first years, times within the clamp and beyond it. */
const TARGETS = [0x1703_4219, 0x1802_8728, 0x1a05_db8b, 0x1c38_7f6f, 0x1d00_ffff];
const TIMES = [T, T - 3_601n, T + 60_007n, T / 5n, T * 5n, T - 7n, T + 1n];

const walk = (next: (bits: number, timespan: bigint) => number) => (): number => {
  let sum = 0;
  for (let i = 0; i < RETARGETS; i++)
    sum = (sum + next(TARGETS[i % TARGETS.length] ?? 0, TIMES[i % TIMES.length] ?? 0n)) % 0x1_0000_0000;
  return sum;
};

const ours = walk((bits, timespan) => {
  const made = manager.calculateNewDifficulty(bits, timespan);
  return E.isRight(made) ? made.right : -1;
});
const plain = walk(retargetByDefinition);
if (ours() !== plain()) throw new Error('the two compute different targets');

const [mine = 0, theirs = 0] = cpuSecondsInTurns([ours, plain]);
console.log(
  `1 M retargets, DifficultyManager.calculateNewDifficulty / the unchecked definition on bigint: ${(mine / theirs).toFixed(2)} x  (${((mine * 1e9) / RETARGETS).toFixed(0)} ns / ${((theirs * 1e9) / RETARGETS).toFixed(0)} ns each)`,
);
