/**
 * Runs an answer later, never inside the call. The running node leaves it to the event loop; a simulation passes its own
 * scheduler, so that answers arrive in virtual time, after whatever delay it draws.
 */
export type Schedule = (run: () => void) => void;

/** The event loop of whatever runtime this is. */
export const inEventLoop: Schedule = (run) => queueMicrotask(run);
