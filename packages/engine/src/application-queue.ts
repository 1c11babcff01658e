import { either as E } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ApplicationError } from '@zhtp/types';

/**
 * The one place where promises of a user's application meet the event-driven engine. Calls run one after another in the
 * order they were asked; each answer is a later event.
 */
export interface ApplicationQueue {
  /** `failed` gets the application's own failures, exceptions included. */
  call<A>(
    task: TaskEither<ApplicationError, A>,
    done: (answer: A) => void,
    failed: (error: ApplicationError) => void,
  ): void;
  /** Resolves once nothing is being asked: a simulated world waits for it before its next event. */
  readonly idle: () => Promise<void>;
  /** True while a call runs or waits. */
  readonly isBusy: () => boolean;
  close(): void;
}

const applicationError = (cause: unknown): ApplicationError => ({
  _tag: 'ApplicationError',
  message: `the application threw: ${cause instanceof Error ? cause.message : String(cause)}`,
});

export const createApplicationQueue = (): ApplicationQueue => {
  let tail: Promise<void> = Promise.resolve();
  let pending = 0;
  let closed = false;
  return {
    call: (task, done, failed) => {
      if (closed) return;
      pending += 1;
      tail = tail.then(async () => {
        const answer = await task().catch((cause: unknown) => E.left(applicationError(cause)));
        pending -= 1;
        if (closed) return;
        if (E.isRight(answer)) done(answer.right);
        else failed(answer.left);
      });
    },
    idle: async () => {
      while (pending > 0) await tail;
    },
    isBusy: () => pending > 0,
    close: () => {
      closed = true;
    },
  };
};
