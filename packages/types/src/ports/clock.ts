/** The node's own wall clock: unix milliseconds. Read by the shell only; nothing in consensus state depends on it. */
export interface Clock {
  nowMs(): bigint;
}

/** Relative, monotonic timers. `start` answers with a function that cancels. Never fires inside `start`. */
export interface Timers {
  start(afterMs: number, fire: () => void): () => void;
}

/** Bytes from a source that an attacker cannot predict; seeded in simulation. */
export type RandomBytes = (length: number) => Uint8Array;
