import { assertInvariant } from './invariant.ts';

/** An opaque validator identity; the engine uses 64 lowercase hex characters. Compared with `===`, ordered by code unit. */
export type ValidatorId = string;

/** The frozen, weighted voters of one height (`protocol.md` § Blocks: the set of a height never changes while it is decided). */
export interface VotingSet {
  /** Ascending, without repetition. */
  readonly ids: readonly ValidatorId[];
  /** Sum of all powers. */
  readonly totalPower: bigint;
  /** `0n` for whoever is not in the set. */
  powerOf(id: ValidatorId): bigint;
  /** Position in `ids`, −1 for whoever is not in the set; found from `ids` when left out. */
  indexOf?(id: ValidatorId): number;
}

/**
 * A voting set from (identity, power) pairs in any order.
 * Powers must be positive and identities distinct: sets come from committed chain state, so anything else is a broken invariant.
 */
export const votingSet = (members: Iterable<readonly [ValidatorId, bigint]>): VotingSet => {
  const powers = new Map<ValidatorId, bigint>();
  let totalPower = 0n;
  for (const [id, power] of members) {
    assertInvariant(power > 0n, `power of validator ${id} must be positive, it is ${power}`);
    assertInvariant(!powers.has(id), `validator ${id} occurs twice in one voting set`);
    powers.set(id, power);
    totalPower += power;
  }
  const ids = [...powers.keys()].sort((a, b) => (a < b ? -1 : 1));
  return { ids, totalPower, powerOf: (id) => powers.get(id) ?? 0n };
};

/** The same set with its validators numbered in identity order, as tallies and bitmaps count them. */
export interface NumberedSet {
  readonly ids: readonly ValidatorId[];
  readonly powers: readonly bigint[];
  readonly totalPower: bigint;
  /** Position in `ids`, −1 for whoever is not in the set or has no power. */
  indexOf(id: ValidatorId): number;
}

const numberOf = (set: VotingSet): NumberedSet => {
  const powers = set.ids.map((id) => set.powerOf(id));
  return { ids: set.ids, powers, totalPower: set.totalPower, indexOf: positionsIn(set, powers) };
};

/** The set's own positions, where it has some and all its validators have power: who asks us has just asked it. */
const positionsIn = (set: VotingSet, powers: readonly bigint[]): NumberedSet['indexOf'] => {
  if (set.indexOf !== undefined && powers.every((power) => power > 0n)) return (id) => set.indexOf?.(id) ?? -1;
  const positions = new Map<ValidatorId, number>();
  set.ids.forEach((id, index) => {
    if ((powers[index] ?? 0n) > 0n) positions.set(id, index);
  });
  return (id) => positions.get(id) ?? -1;
};

/** Mostly the set of a height is that of the height before. */
const known = new WeakMap<VotingSet, NumberedSet>();

export const numberedSet = (set: VotingSet): NumberedSet => {
  const before = known.get(set);
  if (before !== undefined) return before;
  const numbered = numberOf(set);
  known.set(set, numbered);
  return numbered;
};
