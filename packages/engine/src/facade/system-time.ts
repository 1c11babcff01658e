import type { Clock, Timers } from '@zhtp/types';

/*
 * The machine's clock and timers for whoever embeds the engine and passes none: the only globals of the floors below the
 * adapters, and nothing but this default reads them. A simulation and the node program pass their own.
 */
declare const setTimeout: (run: () => void, afterMs: number) => unknown;
declare const clearTimeout: (handle: unknown) => void;

/* oxlint-disable no-restricted-globals -- the default ports are where the globals enter, see above */
export const systemClock: Clock = { nowMs: () => BigInt(Date.now()) };

export const systemTimers: Timers = {
  start: (afterMs, fire) => {
    const handle = setTimeout(fire, afterMs);
    return () => {
      clearTimeout(handle);
    };
  },
};

/** Runs a task in a later turn of the event loop. */
export const inNextTurn = (task: () => void): void => {
  setTimeout(task, 0);
};
/* oxlint-enable no-restricted-globals */
