import type { IdentityId } from '@zhtp/types';

/**
 * The documented round robin: index (height + round) mod n of the identities in ascending order (decisions.md §6).
 * `undefined` only for an empty list.
 */
export const roundRobinProposer = <Id extends string = IdentityId>(
  ids: readonly Id[],
  height: bigint,
  round: number,
): Id | undefined => (ids.length === 0 ? undefined : ids[Number((height + BigInt(round)) % BigInt(ids.length))]);
