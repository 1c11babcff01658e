import { either as E } from 'fp-ts';

/** A step of a case that cannot be refused unless something is wrong here: `runCase` counts what it throws as failed. */
export const must = <A>(result: E.Either<{ readonly message: string } | string, A>): A => {
  if (E.isRight(result)) return result.right;
  throw new Error(typeof result.left === 'string' ? result.left : result.left.message);
};
