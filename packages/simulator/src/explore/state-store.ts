/** Classes of the three correct nodes. */
export type Triple = readonly [number, number, number];

/**
 * The visited set: every state once, in the order found, with the state it was found from. Keys are compared whole, so
 * there are no collisions: what is reported as visited was visited. 16 bytes a state, and 8 to 16 for the index.
 */
export interface StateStore {
  /** The state's index when it is new, −1 when it is known. */
  add(first: number, second: number, third: number, parent: number): number;
  at(index: number): Triple;
  parentOf(index: number): number;
  size(): number;
}

const INITIAL_CAPACITY = 1 << 16;

export const createStateStore = (): StateStore => {
  let capacity = INITIAL_CAPACITY;
  let states = new Int32Array(capacity * 4);
  let index = new Int32Array(capacity * 2).fill(-1);
  let size = 0;

  const slotOf = (first: number, second: number, third: number): number => {
    const mask = index.length - 1;
    for (let slot = mix(first, second, third) & mask; ; slot = (slot + 1) & mask) {
      const at = index[slot] ?? -1;
      if (at < 0) return slot;
      if (states[at * 4] === first && states[at * 4 + 1] === second && states[at * 4 + 2] === third) return slot;
    }
  };

  const grow = (): void => {
    const old = states;
    capacity *= 2;
    states = new Int32Array(capacity * 4);
    states.set(old);
    index = new Int32Array(capacity * 2).fill(-1);
    for (let at = 0; at < size; at++)
      index[slotOf(states[at * 4] ?? 0, states[at * 4 + 1] ?? 0, states[at * 4 + 2] ?? 0)] = at;
  };

  return {
    add(first, second, third, parent) {
      const slot = slotOf(first, second, third);
      if ((index[slot] ?? -1) >= 0) return -1;
      const at = size;
      states[at * 4] = first;
      states[at * 4 + 1] = second;
      states[at * 4 + 2] = third;
      states[at * 4 + 3] = parent;
      index[slot] = at;
      size += 1;
      if (size === capacity) grow();
      return at;
    },
    at: (at) => [states[at * 4] ?? 0, states[at * 4 + 1] ?? 0, states[at * 4 + 2] ?? 0],
    parentOf: (at) => states[at * 4 + 3] ?? -1,
    size: () => size,
  };
};

/** Spreads three small numbers over 32 bits (multipliers of MurmurHash3's finaliser and xxHash). */
const mix = (first: number, second: number, third: number): number => {
  let hash = Math.imul(first, 0x9e37_79b1) ^ Math.imul(second, 0x85eb_ca77) ^ Math.imul(third, 0xc2b2_ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
