import { floorDivCount, type IdentityId } from '@zhtp/types';

/** What the next set should be made of. */
export interface SetWish {
  /** Members of the last decided set. */
  readonly members: readonly IdentityId[];
  /** Who should be in, those first who have waited longest. */
  readonly eligible: readonly IdentityId[];
  readonly maxValidators: number;
}

export interface SetPlan {
  readonly leaving: readonly IdentityId[];
  readonly joining: readonly IdentityId[];
}

/** Most members that join or leave at one boundary, of a set of n. */
export const churnLimit = (n: number): number => Math.max(1, floorDivCount(n, 3));

/**
 * Who leaves and who joins at a boundary (economics.md, Sets): at most max(1, ⌊n/3⌋) changes, removals first, then
 * additions; the rest waits. Never to an empty set: the last removal waits.
 */
export const planSet = ({ members, eligible, maxValidators }: SetWish): SetPlan => {
  const wanted = new Set(eligible);
  const present = new Set(members);
  const limit = members.length === 0 ? maxValidators : churnLimit(members.length);
  const unwanted = members.filter((identity) => !wanted.has(identity));
  const removable = unwanted.length === members.length ? Math.max(0, members.length - 1) : unwanted.length;
  const leaving = unwanted.slice(0, Math.min(limit, removable));
  const room = maxValidators - members.length + leaving.length;
  const joining = eligible
    .filter((identity) => !present.has(identity))
    .slice(0, Math.max(0, Math.min(limit - leaving.length, room)));
  return { leaving, joining };
};
