/** A place in the protocol's time. */
export interface SlotPosition {
  readonly height: bigint;
  readonly round: number;
}

interface Distance {
  readonly heights: bigint;
  readonly rounds: number;
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

const distanceBetween = (a: SlotPosition, b: SlotPosition): Distance => ({
  heights: magnitude(a.height - b.height),
  rounds: Math.abs(a.round - b.round),
});

/** By height, then by round; negative when `a` is nearer. */
const compareDistance = (a: Distance, b: Distance): number =>
  a.heights === b.heights ? a.rounds - b.rounds : a.heights < b.heights ? -1 : 1;

/** The slot nearest to a position, the first of equally near ones; undefined of none. */
export const nearestSlot = (slots: readonly SlotPosition[], position: SlotPosition): SlotPosition | undefined => {
  const [first] = slots;
  if (slots.length <= 1) return first;
  return slots.reduce((best, slot) =>
    compareDistance(distanceBetween(slot, position), distanceBetween(best, position)) < 0 ? slot : best,
  );
};

interface Entry<Item> {
  readonly item: Item;
  readonly at: SlotPosition;
  readonly weight: number;
  readonly sequence: number;
  distance: Distance;
}

const isNearer = (a: Entry<unknown>, b: Entry<unknown>): boolean => {
  const order = compareDistance(a.distance, b.distance);
  return order === 0 ? a.sequence < b.sequence : order < 0;
};

/**
 * A bounded queue of verification work in the order of its distance from where the node stands: first by height, then by
 * round, then by arrival. When it is over its capacity the farthest goes, which may be the newcomer.
 */
export interface VerificationQueue<Item> {
  /** Adds an item of so many checks and answers the items that had to go. */
  readonly add: (item: Item, at: SlotPosition, weight: number) => readonly Item[];
  /** The nearest item, left in the queue. */
  readonly nearest: () => Item | undefined;
  readonly remove: (item: Item) => void;
  readonly moveTo: (position: SlotPosition) => void;
  readonly clear: () => readonly Item[];
  /** Sum of the weights as they were added. */
  readonly weight: () => number;
}

/** @param capacity greatest sum of weights kept */
export const createVerificationQueue = <Item>(capacity: number): VerificationQueue<Item> => {
  // Farthest first, nearest last: the nearest leaves by pop(), and moving a few thousand references costs microseconds.
  const entries: Entry<Item>[] = [];
  let position: SlotPosition = { height: 0n, round: 0 };
  let total = 0;
  let sequence = 0;

  const placeOf = (entry: Entry<Item>): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = entries[middle];
      if (other !== undefined && isNearer(entry, other)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const removeAt = (index: number): void => {
    const [gone] = entries.splice(index, 1);
    total -= gone?.weight ?? 0;
  };

  return {
    add: (item, at, weight) => {
      const entry: Entry<Item> = { item, at, weight, sequence, distance: distanceBetween(at, position) };
      sequence += 1;
      entries.splice(placeOf(entry), 0, entry);
      total += weight;
      const dropped: Item[] = [];
      while (total > capacity) {
        const [farthest] = entries;
        if (farthest === undefined) break;
        dropped.push(farthest.item);
        removeAt(0);
      }
      return dropped;
    },
    nearest: () => entries.at(-1)?.item,
    remove: (item) => {
      const index = entries.findLastIndex((entry) => entry.item === item);
      if (index >= 0) removeAt(index);
    },
    moveTo: (next) => {
      position = next;
      for (const entry of entries) entry.distance = distanceBetween(entry.at, position);
      entries.sort((a, b) => (isNearer(a, b) ? 1 : -1));
    },
    clear: () => {
      total = 0;
      return entries.splice(0).map((entry) => entry.item);
    },
    weight: () => total,
  };
};
