import { randomBytes } from 'node:crypto';
import type { Clock, RandomBytes, Timers } from '@zhtp/types';

export const systemClock: Clock = { nowMs: () => BigInt(Date.now()) };

export const systemTimers: Timers = {
  start: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return () => clearTimeout(timer);
  },
};

export const systemRandomBytes: RandomBytes = (length) => new Uint8Array(randomBytes(length));
