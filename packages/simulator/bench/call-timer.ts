import { threadCpuUsage } from 'node:process';
import { secondsOf } from './cpu-time.ts';

/** Calls of one kind, and the CPU time of the calling thread inside them. */
export interface CallTimer {
  readonly time: <A>(call: () => A) => A;
  readonly calls: () => number;
  readonly seconds: () => number;
}

export const createCallTimer = (): CallTimer => {
  let calls = 0;
  let seconds = 0;
  return {
    time: (call) => {
      calls += 1;
      const start = threadCpuUsage();
      const result = call();
      seconds += secondsOf(threadCpuUsage(start));
      return result;
    },
    calls: () => calls,
    seconds: () => seconds,
  };
};

/** What it costs to time one call, and how much of that lies inside the time it reports. */
export interface TimerCost {
  readonly seconds: number;
  readonly reportedSeconds: number;
}

const CALLS = 20_000;

const costOver = (calls: number): TimerCost => {
  const nothing = (): void => undefined;
  const timer = createCallTimer();
  const start = threadCpuUsage();
  for (let call = 0; call < calls; call++) timer.time(nothing);
  return { seconds: secondsOf(threadCpuUsage(start)) / calls, reportedSeconds: timer.seconds() / calls };
};

/** Measured here and now, warm: it is subtracted from what was measured in the same process. */
export const timerCost = (): TimerCost => {
  costOver(CALLS);
  return costOver(CALLS);
};
