import type { Clock, Timers } from '@zhtp/types';

/** Time that moves when told to; timers fire in order of their moment. */
export const createManualTime = (startMs = 1_000_000n) => {
  let nowMs = startMs;
  let pending: { readonly at: bigint; readonly fire: () => void }[] = [];
  const timers: Timers = {
    start: (afterMs, fire) => {
      const timer = { at: nowMs + BigInt(afterMs), fire };
      pending.push(timer);
      return () => {
        pending = pending.filter((other) => other !== timer);
      };
    },
  };
  const clock: Clock = { nowMs: () => nowMs };
  return {
    clock,
    timers,
    pending: () => pending.length,
    advance: (ms: number): void => {
      const end = nowMs + BigInt(ms);
      for (;;) {
        const next = pending.filter(({ at }) => at <= end).sort((a, b) => (a.at < b.at ? -1 : 1))[0];
        if (next === undefined) break;
        nowMs = next.at > nowMs ? next.at : nowMs;
        pending = pending.filter((other) => other !== next);
        next.fire();
      }
      nowMs = end;
    },
  };
};
