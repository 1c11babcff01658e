import type { Effect, TimeoutKind } from '@zhtp/bft';
import type { Timers } from '@zhtp/types';

export interface Timeouts {
  schedule(effect: Extract<Effect<unknown, unknown>, { readonly _tag: 'ScheduleTimeout' }>): void;
  cancel(kind: TimeoutKind, height: bigint, round: number): void;
  cancelAll(): void;
}

interface Running {
  readonly kind: TimeoutKind;
  readonly height: bigint;
  readonly round: number;
  readonly stop: () => void;
}

/** The core's timeouts on the node's timers. */
export const createTimeouts = (
  timers: Timers,
  elapsed: (kind: TimeoutKind, height: bigint, round: number) => void,
): Timeouts => {
  /** A handful at most: looking through them costs less than a key for each. */
  const running: Running[] = [];
  const take = (kind: TimeoutKind, height: bigint, round: number): Running | undefined => {
    const place = running.findIndex((other) => other.kind === kind && other.round === round && other.height === height);
    return place < 0 ? undefined : running.splice(place, 1)[0];
  };
  const cancel: Timeouts['cancel'] = (kind, height, round) => take(kind, height, round)?.stop();
  return {
    cancel,
    schedule: ({ kind, height, round, afterMs }) => {
      cancel(kind, height, round);
      const stop = timers.start(afterMs, () => {
        take(kind, height, round);
        elapsed(kind, height, round);
      });
      running.push({ kind, height, round, stop });
    },
    cancelAll: () => {
      for (const { stop } of running.splice(0)) stop();
    },
  };
};
