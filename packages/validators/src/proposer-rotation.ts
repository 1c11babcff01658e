import type { IdentityId } from '@zhtp/types';
import { carryOver, increment, steps, type Weighted, type WeightedRotation } from './proposer-priority.ts';

/**
 * The documented round robin: index (height + round) mod n of the identities in ascending order (decisions.md §6).
 * `undefined` only for an empty list.
 */
export const roundRobinProposer = <Id extends string = IdentityId>(
  ids: readonly Id[],
  height: bigint,
  round: number,
): Id | undefined => (ids.length === 0 ? undefined : ids[Number((height + BigInt(round)) % BigInt(ids.length))]);

/** Weighted rotation at the first height of a set without a past. `undefined` only for an empty list. */
export const startRotation = (validators: readonly Weighted[]): WeightedRotation | undefined =>
  increment(
    validators.map(({ identity, votingPower }) => ({ identity, votingPower, priority: 0n })),
    1,
  );

/** Weighted rotation at the next height, with that height's set: rounds leave no trace in it. */
export const nextRotation = (
  rotation: WeightedRotation,
  validators: readonly Weighted[],
): WeightedRotation | undefined => increment(carryOver(rotation.validators, validators), 1);

/**
 * Rounds of one height after which weighted rotation starts over. Priorities have no closed form, and a round is any
 * u32 that some peer claims: without a limit one message could cost minutes.
 */
export const WEIGHTED_ROUNDS = 1_000;

/** The proposers of one height under weighted rotation, by round; computed as far as asked, once. */
export const weightedProposers = (rotation: WeightedRotation): ((round: number) => IdentityId) => {
  const later = steps(rotation.validators, WEIGHTED_ROUNDS - 1);
  const proposers: IdentityId[] = [rotation.proposer];
  return (round) => {
    const wanted = round % WEIGHTED_ROUNDS;
    while (proposers.length <= wanted) {
      const next = later.next();
      if (next.done === true) break;
      proposers.push(next.value.proposer);
    }
    return proposers[wanted] ?? rotation.proposer;
  };
};
