import type { Effect, TimeoutKind } from '@zhtp/bft';
import type { Timers } from '@zhtp/types';

export interface Timeouts {
  schedule(effect: Extract<Effect<unknown, unknown>, { readonly _tag: 'ScheduleTimeout' }>): void;
  cancel(kind: TimeoutKind, height: bigint, round: number): void;
  cancelAll(): void;
}

const keyOf = (kind: TimeoutKind, height: bigint, round: number): string =>
  `${kind}/${String(height)}/${String(round)}`;

/** The core's timeouts on the node's timers. */
export const createTimeouts = (
  timers: Timers,
  elapsed: (kind: TimeoutKind, height: bigint, round: number) => void,
): Timeouts => {
  const running = new Map<string, () => void>();
  const cancel: Timeouts['cancel'] = (kind, height, round) => {
    const key = keyOf(kind, height, round);
    running.get(key)?.();
    running.delete(key);
  };
  return {
    cancel,
    schedule: ({ kind, height, round, afterMs }) => {
      cancel(kind, height, round);
      const key = keyOf(kind, height, round);
      running.set(
        key,
        timers.start(afterMs, () => {
          running.delete(key);
          elapsed(kind, height, round);
        }),
      );
    },
    cancelAll: () => {
      for (const stop of running.values()) stop();
      running.clear();
    },
  };
};
