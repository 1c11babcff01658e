/*
 * Turns and instants that are over serve again, with the memory of their lists: lists that each begin anew were a tenth of
 * all that a world allocates.
 */

/** What one party has to do at one instant, in the order in which it was asked for. */
interface Turn {
  party: number;
  /** What is over or cancelled is gone from here. */
  readonly events: ((() => void) | undefined)[];
  /** How many events it has had. */
  count: number;
  /** Index of the first event that has not been run. */
  next: number;
  /** Counts the turns that this one has been: none of them cancels what belongs to another. */
  use: number;
}

/** What is due at one instant: one party after the other, each with all it has to do. */
interface Instant {
  atMs: number;
  readonly turns: Turn[];
  /** How many turns it has had. */
  count: number;
  /** Index of the turn in progress. */
  next: number;
  /** The turn of each party that is not over. */
  readonly open: (Turn | undefined)[];
  /** False once it is over. */
  isAhead: boolean;
}

/** Instants that are over and still in the index, before it is made anew. */
const PAST_INSTANTS_MAX = 256;

/**
 * Virtual time: what is scheduled first for one instant runs first; where events belong to parties, each party runs what it
 * has to do at an instant in a row, that party first whose first event was scheduled first. Milliseconds since the start of
 * the world; nothing runs inside a call that schedules it.
 */
export interface Scheduler {
  nowMs(): number;
  /**
   * Answers with a function that cancels. Negative delays count as 0.
   * @param party whose event it is, a small whole number; 0, as all that name none, when left out
   */
  after(delayMs: number, run: () => void, party?: number): () => void;
  /** As `after`, for what is never cancelled. */
  later(delayMs: number, run: () => void, party?: number): void;
  /** Runs the next event; false when none is left. */
  next(): boolean;
  /** When the next event is due. */
  nextAtMs(): number | undefined;
  /** Events run so far. */
  steps(): number;
}

/**
 * A binary heap of instants, each with a queue of its own: a world has many events and few different times, so that most
 * events are put at the end of a list and taken from the front of one.
 */
export const createScheduler = (): Scheduler => {
  const heap: Instant[] = [];
  /**
   * Instants by time, some of them over. Nothing is deleted: a Map in which entries come and go makes itself a new table
   * again and again, each old one holding on to the next, so that V8's young collections keep all that any of them ever held.
   */
  let instants = new Map<number, Instant>();
  const freeTurns: Turn[] = [];
  const freeInstants: Instant[] = [];
  let now = 0;
  let steps = 0;

  const siftUp = (instant: Instant): void => {
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= instant.atMs) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = instant;
  };

  const siftDown = (instant: Instant): void => {
    for (let parent = 0; ;) {
      let child = 2 * parent + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (right !== undefined && below !== undefined && right.atMs < below.atMs) {
        child += 1;
        below = right;
      }
      if (below === undefined || below.atMs >= instant.atMs) {
        heap[parent] = instant;
        return;
      }
      heap[parent] = below;
      parent = child;
    }
  };

  const dropFirst = (first: Instant): void => {
    first.isAhead = false;
    freeInstants.push(first);
    const last = heap.pop();
    if (last !== undefined && last !== first) siftDown(last);
  };

  const close = (instant: Instant, turn: Turn): void => {
    instant.open[turn.party] = undefined;
    instant.next += 1;
    turn.use += 1;
    freeTurns.push(turn);
  };

  /** The instant of the next event, with that event in front. */
  const upcoming = (): Instant | undefined => {
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      while (first.next < first.count) {
        const turn = first.turns[first.next];
        if (turn === undefined) break;
        const { events } = turn;
        while (turn.next < turn.count && events[turn.next] === undefined) turn.next += 1;
        if (turn.next < turn.count) return first;
        close(first, turn);
      }
      dropFirst(first);
    }
    return undefined;
  };

  const turnOf = (instant: Instant, party: number): Turn => {
    const known = instant.open[party];
    if (known !== undefined) return known;
    const turn = freeTurns.pop() ?? { party, events: [], count: 0, next: 0, use: 0 };
    turn.party = party;
    turn.count = 0;
    turn.next = 0;
    while (instant.open.length <= party) instant.open.push(undefined);
    instant.open[party] = turn;
    instant.turns[instant.count] = turn;
    instant.count += 1;
    return turn;
  };

  /** Answers with its place among the turn's events. */
  const put = (turn: Turn, run: () => void): number => {
    const place = turn.count;
    turn.events[place] = run;
    turn.count += 1;
    return place;
  };

  const instantAt = (atMs: number): Instant => {
    const known = instants.get(atMs);
    // One that is over may be another instant by now.
    if (known?.isAhead === true && known.atMs === atMs) return known;
    if (instants.size >= 2 * heap.length + PAST_INSTANTS_MAX)
      instants = new Map(heap.map((ahead) => [ahead.atMs, ahead]));
    const instant = freeInstants.pop() ?? { atMs, turns: [], count: 0, next: 0, open: [], isAhead: true };
    instant.atMs = atMs;
    instant.count = 0;
    instant.next = 0;
    instant.isAhead = true;
    instants.set(atMs, instant);
    heap.push(instant);
    siftUp(instant);
    return instant;
  };

  return {
    nowMs: () => now,
    after: (delayMs, run, party = 0) => {
      const turn = turnOf(instantAt(now + Math.max(0, delayMs)), party);
      const place = put(turn, run);
      const { use } = turn;
      return () => {
        if (turn.use === use) turn.events[place] = undefined;
      };
    },
    later: (delayMs, run, party = 0) => {
      put(turnOf(instantAt(now + Math.max(0, delayMs)), party), run);
    },
    next: () => {
      const instant = upcoming();
      const turn = instant?.turns[instant.next];
      const run = turn?.events[turn.next];
      if (instant === undefined || turn === undefined || run === undefined) return false;
      turn.events[turn.next] = undefined;
      turn.next += 1;
      now = instant.atMs;
      steps += 1;
      run();
      return true;
    },
    nextAtMs: () => upcoming()?.atMs,
    steps: () => steps,
  };
};
