/** How arrived items are handed over, and when their readers pause. */
export interface FairInboxOptions<A> {
  /** Runs a task later, never inside the call: a turn of the event loop, or the scheduler of a simulation. */
  readonly schedule: (task: () => void) => void;
  readonly deliver: (item: A) => void;
  /** False while nobody listens: items wait. */
  readonly isOpen: () => boolean;
  /** Items handed over per turn, over all peers: other work of the process gets its share. */
  readonly perTurn: number;
  /** A lane with this many items or bytes asks its reader to pause; it asks to go on at half of it. */
  readonly itemsHigh: number;
  readonly bytesHigh: number;
}

/** What a lane tells the reader that fills it. */
export interface LaneReader {
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Where one peer's items arrive. */
export interface Lane<A> {
  /** Never drops: a lane over its mark pauses its reader instead. */
  readonly push: (item: A, bytes: number) => void;
  /** Lets items through; before, they only gather (a peer that is not admitted yet). */
  readonly open: () => void;
  /** Ends the lane and answers how many items were never handed over. */
  readonly close: () => number;
}

/**
 * Arrived items of all peers, handed over in turn: one from each peer that has any, again and again, so that a peer
 * that sends much delays itself and nobody else. Back-pressure is to stop reading.
 */
export interface FairInbox<A> {
  readonly lane: (reader: LaneReader) => Lane<A>;
  /** To be called when `isOpen` turns true. */
  readonly wake: () => void;
}

interface LaneState<A> {
  readonly items: { readonly item: A; readonly bytes: number }[];
  readonly reader: LaneReader;
  bytes: number;
  open: boolean;
  closed: boolean;
  paused: boolean;
  waiting: boolean;
}

export const createFairInbox = <A>(options: FairInboxOptions<A>): FairInbox<A> => {
  const turn: LaneState<A>[] = [];
  let scheduled = false;

  const wake = (): void => {
    if (scheduled || turn.length === 0) return;
    scheduled = true;
    options.schedule(drain);
  };

  const enqueue = (lane: LaneState<A>): void => {
    if (lane.waiting || !lane.open || lane.items.length === 0) return;
    lane.waiting = true;
    turn.push(lane);
    wake();
  };

  const relax = (lane: LaneState<A>): void => {
    if (!lane.paused || 2 * lane.items.length > options.itemsHigh || 2 * lane.bytes > options.bytesHigh) return;
    lane.paused = false;
    lane.reader.resume();
  };

  const drain = (): void => {
    for (let left = options.perTurn; left > 0 && options.isOpen(); left--) {
      const lane = turn.shift();
      if (lane === undefined) break;
      lane.waiting = false;
      const next = lane.items.shift();
      if (next === undefined) continue;
      lane.bytes -= next.bytes;
      options.deliver(next.item);
      if (lane.closed) continue;
      enqueue(lane);
      relax(lane);
    }
    scheduled = false;
    if (options.isOpen()) wake();
  };

  return {
    wake,
    lane: (reader) => {
      const lane: LaneState<A> = {
        items: [],
        reader,
        bytes: 0,
        open: false,
        closed: false,
        paused: false,
        waiting: false,
      };
      return {
        push: (item, bytes) => {
          if (lane.closed) return;
          lane.items.push({ item, bytes });
          lane.bytes += bytes;
          enqueue(lane);
          if (lane.paused || (lane.items.length < options.itemsHigh && lane.bytes < options.bytesHigh)) return;
          lane.paused = true;
          lane.reader.pause();
        },
        open: () => {
          lane.open = true;
          enqueue(lane);
        },
        close: () => {
          const left = lane.items.length;
          lane.closed = true;
          lane.items.length = 0;
          lane.bytes = 0;
          return left;
        },
      };
    },
  };
};
