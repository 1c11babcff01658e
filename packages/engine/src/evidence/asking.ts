import { either as E } from 'fp-ts';
import type { Answer } from '@zhtp/types';

/*
 * Several questions to ports, one after the other, without a promise: ports answer in their own time, and in a simulated
 * world that time is virtual.
 */

/** A question that is asked when it is called, and answered once. */
export type Ask<A> = (done: Answer<string, A>) => void;

/** A question to a port, with words of ours around what the port says when it fails. */
export const askPort =
  <A>(what: string, ask: (done: Answer<{ readonly message: string }, A>) => void): Ask<A> =>
  (done) => {
    ask((answer) => {
      done(E.mapLeft(({ message }: { readonly message: string }) => `${what} could not be read: ${message}`)(answer));
    });
  };

export const answerNow =
  <A>(answer: E.Either<string, A>): Ask<A> =>
  (done) => {
    done(answer);
  };

export const thenAsk =
  <A, B>(next: (value: A) => Ask<B>) =>
  (ask: Ask<A>): Ask<B> =>
  (done) => {
    ask((answer) => {
      if (E.isLeft(answer)) done(answer);
      else next(answer.right)(done);
    });
  };

/** The answers to all of them in order, or the first failure. */
export const inTurn =
  <A, B>(items: readonly A[], ask: (item: A) => Ask<B>): Ask<readonly B[]> =>
  (done) => {
    const answers: B[] = [];
    let isAsking = false;
    const goOn = (): void => {
      // The loop below goes on: answers that come inside the call, one in another, would fill the stack.
      if (isAsking) return;
      isAsking = true;
      let at: number;
      do {
        at = answers.length;
        const item = items[at];
        if (item === undefined) {
          done(E.right(answers));
          return;
        }
        ask(item)((answer) => {
          if (E.isLeft(answer)) {
            done(answer);
            return;
          }
          answers.push(answer.right);
          goOn();
        });
      } while (answers.length > at);
      isAsking = false;
    };
    goOn();
  };
