import { threadSeconds } from './cpu-time.ts';

/** What calls of one kind took of the calling thread's CPU. */
export interface CallSums {
  readonly calls: number;
  /** Of them, those that were timed. */
  readonly timed: number;
  /** CPU seconds inside the timed ones, as the clock showed. */
  readonly timedSeconds: number;
}

/** Counts calls of one kind and times some of them. */
export interface CallTimer {
  readonly time: <A>(call: () => A) => A;
  readonly sums: () => CallSums;
}

/**
 * @param every one call of so many is timed: asking the kernel for a thread's time before and after each call would cost
 *   more of the caches than it reports
 */
export const createCallTimer = (every = 1): CallTimer => {
  let calls = 0;
  let timed = 0;
  let timedSeconds = 0;
  return {
    time: (call) => {
      calls += 1;
      if (calls % every !== 0) return call();
      const start = threadSeconds();
      const result = call();
      timedSeconds += threadSeconds() - start;
      timed += 1;
      return result;
    },
    sums: () => ({ calls, timed, timedSeconds }),
  };
};

export const sumsSince = (after: CallSums, before: CallSums | undefined): CallSums =>
  before === undefined
    ? after
    : {
        calls: after.calls - before.calls,
        timed: after.timed - before.timed,
        timedSeconds: after.timedSeconds - before.timedSeconds,
      };

/** What it costs to time one call, and how much of that lies inside the time it reports. */
export interface TimerCost {
  readonly seconds: number;
  readonly reportedSeconds: number;
}

/** CPU seconds that all the calls took, from those that were timed. */
export const secondsOfAll = ({ calls, timed, timedSeconds }: CallSums, cost: TimerCost): number =>
  timed === 0 ? 0 : (timedSeconds / timed - cost.reportedSeconds) * calls;

const CALLS = 20_000;

const costOver = (calls: number): TimerCost => {
  const nothing = (): void => undefined;
  const timer = createCallTimer();
  const start = threadSeconds();
  for (let call = 0; call < calls; call++) timer.time(nothing);
  return { seconds: (threadSeconds() - start) / calls, reportedSeconds: timer.sums().timedSeconds / calls };
};

/** Measured here and now, warm: it is subtracted from what was measured in the same process. */
export const timerCost = (): TimerCost => {
  costOver(CALLS);
  return costOver(CALLS);
};
