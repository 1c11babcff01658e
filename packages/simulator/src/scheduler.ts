/** A heap entry: virtual time first, then the order in which it was asked for. */
interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: Event, b: Event): boolean => (a.atMs === b.atMs ? a.sequence < b.sequence : a.atMs < b.atMs);

/**
 * Virtual time over a binary heap of (time, sequence): what is scheduled first for one instant runs first. Milliseconds
 * since the start of the world; nothing runs inside a call that schedules it.
 */
export interface Scheduler {
  nowMs(): number;
  /** Answers with a function that cancels. Negative delays count as 0. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs the next event; false when none is left. */
  next(): boolean;
  /** When the next event is due. */
  nextAtMs(): number | undefined;
  /** Events run so far. */
  steps(): number;
}

export const createScheduler = (): Scheduler => {
  const heap: Event[] = [];
  let now = 0;
  let sequence = 0;
  let steps = 0;

  const swap = (i: number, j: number, a: Event, b: Event): void => {
    heap[i] = b;
    heap[j] = a;
  };

  const siftUp = (start: number): void => {
    for (let child = start; child > 0;) {
      const parent = (child - 1) >> 1;
      const [c, p] = [heap[child], heap[parent]];
      if (c === undefined || p === undefined || !before(c, p)) return;
      swap(child, parent, c, p);
      child = parent;
    }
  };

  const siftDown = (): void => {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      const [p, l, r] = [heap[parent], heap[left], heap[left + 1]];
      if (p === undefined || l === undefined) return;
      const [child, c] = r !== undefined && before(r, l) ? [left + 1, r] : [left, l];
      if (!before(c, p)) return;
      swap(parent, child, p, c);
      parent = child;
    }
  };

  const pop = (): Event | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (first !== last) {
      heap[0] = last;
      siftDown();
    }
    return first;
  };

  const dropCancelled = (): void => {
    while (heap[0]?.cancelled === true) pop();
  };

  return {
    nowMs: () => now,
    after: (delayMs, run) => {
      const event: Event = { atMs: now + Math.max(0, delayMs), sequence: sequence++, run, cancelled: false };
      heap.push(event);
      siftUp(heap.length - 1);
      return () => {
        event.cancelled = true;
      };
    },
    next: () => {
      dropCancelled();
      const event = pop();
      if (event === undefined) return false;
      now = event.atMs;
      steps += 1;
      event.run();
      return true;
    },
    nextAtMs: () => {
      dropCancelled();
      return heap[0]?.atMs;
    },
    steps: () => steps,
  };
};
