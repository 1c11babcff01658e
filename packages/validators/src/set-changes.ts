import { isRecord, found, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { makeValidatorSet, malformedValidators, type ValidatorSet } from './validator-set.ts';

/** What is wrong with the changes themselves, or undefined. */
const refusal = (set: ValidatorSet, changes: readonly FrozenValidator[]): string | undefined => {
  const seen = new Set<IdentityId>();
  for (const { identity, votingPower } of changes) {
    if (seen.has(identity)) return `validator ${identity} is changed twice`;
    seen.add(identity);
    if (votingPower < 0n) return `validator ${identity} cannot have voting power ${String(votingPower)}`;
    if (votingPower === 0n && set.indexOf(identity) < 0)
      return `validator ${identity} cannot leave, it is not in the set`;
  }
  return undefined;
};

const isSet = (set: unknown): boolean =>
  isRecord(set) && typeof set['indexOf'] === 'function' && Array.isArray(set['validators']);

/**
 * The next set: each change replaces or adds a validator, power 0 removes it. Refused: a validator changed twice, the
 * removal of a stranger, and whatever {@link makeValidatorSet} refuses of the result, an empty set included.
 */
export const applyChanges = (set: ValidatorSet, changes: readonly FrozenValidator[]): Either<string, ValidatorSet> => {
  if (!isSet(set)) return E.left(`the set is ${found(set)}, give one of makeValidatorSet`);
  const refused = malformedValidators(changes) ?? refusal(set, changes);
  if (refused !== undefined) return E.left(refused);
  const changed = new Set(changes.map(({ identity }) => identity));
  return makeValidatorSet([
    ...set.validators.filter(({ identity }) => !changed.has(identity)),
    ...changes.filter(({ votingPower }) => votingPower > 0n),
  ]);
};
