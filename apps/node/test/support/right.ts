import { either as E } from 'fp-ts';

/** The value of a result that a test takes for granted. */
export const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`expected a right, got ${JSON.stringify(result.left)}`);
  return result.right;
};
