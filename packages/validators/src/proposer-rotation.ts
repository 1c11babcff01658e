import { isAmount, isList, isRecord, u32, u64, type IdentityId } from '@zhtp/types';
import {
  arePrioritized,
  carryOver,
  increment,
  steps,
  type Weighted,
  type WeightedRotation,
} from './proposer-priority.ts';

const isWeighted = (value: unknown): boolean =>
  isRecord(value) && typeof value['identity'] === 'string' && isAmount(value['votingPower']);

const areWeighted = (validators: readonly Weighted[]): boolean =>
  Array.isArray(validators) && validators.every(isWeighted);

/**
 * The documented round robin: index (height + round) mod n of the identities in ascending order (decisions.md §6).
 * `undefined` for an empty list, and for what is no height of 64 or round of 32 bits.
 */
export const roundRobinProposer = <Id extends string = IdentityId>(
  ids: readonly Id[],
  height: bigint,
  round: number,
): Id | undefined => {
  const isAnswerable = isList(ids) && ids.length > 0 && u64.json.is(height) && u32.json.is(round);
  return isAnswerable ? ids[Number((height + BigInt(round)) % BigInt(ids.length))] : undefined;
};

/** Weighted rotation at the first height of a set without a past. `undefined` for an empty list or no validators. */
export const startRotation = (validators: readonly Weighted[]): WeightedRotation | undefined =>
  areWeighted(validators)
    ? increment(
        validators.map(({ identity, votingPower }) => ({ identity, votingPower, priority: 0n })),
        1,
      )
    : undefined;

/**
 * Weighted rotation at the next height, with that height's set: rounds leave no trace in it. `undefined` for an empty list,
 * and for what is no rotation or no validators.
 */
export const nextRotation = (
  rotation: WeightedRotation,
  validators: readonly Weighted[],
): WeightedRotation | undefined =>
  isRecord(rotation) && arePrioritized(rotation.validators) && areWeighted(validators)
    ? increment(carryOver(rotation.validators, validators), 1)
    : undefined;

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
    const wanted = u32.json.is(round) ? round % WEIGHTED_ROUNDS : 0;
    while (proposers.length <= wanted) {
      const next = later.next();
      if (next.done === true) break;
      proposers.push(next.value.proposer);
    }
    return proposers[wanted] ?? rotation.proposer;
  };
};
