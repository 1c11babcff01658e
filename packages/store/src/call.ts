import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Answer } from '@zhtp/types';

/**
 * A port call not yet made: give it the answer's address and it runs. Composes like a TaskEither, without a Promise, so
 * that the same steps run on the event loop and in virtual time.
 */
export type Call<E, A> = (done: Answer<E, A>) => void;

/** The next step, unless this one failed. */
export const andThen =
  <E2, A, B>(next: (value: A) => Call<E2, B>) =>
  <E1>(call: Call<E1, A>): Call<E1 | E2, B> =>
  (done) =>
    call((result) => (E.isLeft(result) ? done(result) : next(result.right)(done)));

/** A step that has its answer already; only ever behind a real call, so it is not answered inside one. */
export const answer =
  <E, A>(result: Either<E, A>): Call<E, A> =>
  (done) =>
    done(result);

/** One call per item, in order, stopping at the first failure. */
export const forEach =
  <E, A, B>(items: readonly A[], each: (item: A) => Call<E, B>): Call<E, readonly B[]> =>
  (done) => {
    const results: B[] = [];
    const step = (index: number): void => {
      const item = items[index];
      if (item === undefined) {
        done(E.right(results));
        return;
      }
      each(item)((result) => {
        if (E.isLeft(result)) {
          done(result);
          return;
        }
        results.push(result.right);
        step(index + 1);
      });
    };
    step(0);
  };
