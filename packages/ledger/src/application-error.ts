import { causeText, type ApplicationError } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** A failure of the ledger itself: the node stops with this message. */
const applicationError = (message: string): ApplicationError => ({
  _tag: 'ApplicationError',
  message: `ledger: ${message}`,
});

export const fail = (message: string): Either<ApplicationError, never> => E.left(applicationError(message));

/** The outermost edge: a broken invariant becomes a value here, with which the node stops. */
export const attempt =
  <A>(run: () => Promise<Either<ApplicationError, A>>): TaskEither<ApplicationError, A> =>
  async () => {
    try {
      return await run();
    } catch (cause) {
      return fail(causeText(cause));
    }
  };
