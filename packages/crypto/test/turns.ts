import type { Schedule } from '@zhtp/crypto';

/** Scheduled tasks, run when the test says so. */
export const createTurns = (): {
  readonly schedule: Schedule;
  readonly run: () => number;
  readonly runAll: () => void;
} => {
  let waiting: (() => void)[] = [];
  const run = (): number => {
    const now = waiting;
    waiting = [];
    for (const task of now) task();
    return now.length;
  };
  return {
    schedule: (task) => void waiting.push(task),
    run,
    runAll: () => {
      while (run() > 0);
    },
  };
};
