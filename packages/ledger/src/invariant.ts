import { identityCodec, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** Stops loudly: the state reached here is one that no sequence of blocks may reach. Never used for anything a transaction can cause. */
export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant in ledger: ${message}`);
}

/** The value that must be there. */
export const present = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Error(`broken invariant in ledger: ${what} is missing`);
  return value;
};

/** Text that can only be an identity. */
export const identityIn = (text: string): IdentityId => {
  if (!identityCodec.json.is(text)) throw new Error(`broken invariant in ledger: ${text} is no identity`);
  return text;
};

/** The answer of a rule that cannot refuse what it is given here. */
export const expectRight = <A>(answer: Either<{ readonly message: string }, A>, what: string): A => {
  if (E.isLeft(answer)) throw new Error(`broken invariant in ledger: ${what}: ${answer.left.message}`);
  return answer.right;
};
