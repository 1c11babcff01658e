import type { Either } from 'fp-ts/lib/Either.js';
import type { Answer } from '@zhtp/types';

/** Hands a promise's result to a port's caller outside the promise: what the caller throws is the caller's, not a rejection. */
export const answerLater = <E, A>(work: Promise<Either<E, A>>, deliver: Answer<E, A>): void =>
  void work.then((result) => queueMicrotask(() => deliver(result)));
