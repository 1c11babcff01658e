import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { FrozenValidator } from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';

/** Sets rarely change, and a state hands its lists on to the next: each list is made a set once. */
const known = new WeakMap<readonly FrozenValidator[], ValidatorSet>();

/** A list as its set, or why it is none. */
export const frozenSet = (validators: readonly FrozenValidator[]): Either<string, ValidatorSet> => {
  const made = known.get(validators);
  if (made !== undefined) return E.right(made);
  const set = makeValidatorSet(validators);
  if (E.isRight(set)) {
    known.set(validators, set.right);
    known.set(set.right.validators, set.right);
  }
  return set;
};

/** Lists come from genesis or from an executed block, both checked: one that does not stand is a broken invariant. */
export const frozen = (validators: readonly FrozenValidator[]): ValidatorSet => {
  const set = frozenSet(validators);
  if (E.isLeft(set)) throw new Error(`broken invariant in engine: ${set.left}`);
  return set.right;
};
