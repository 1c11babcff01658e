import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { causeText, type ApplicationError } from '@zhtp/types';

/**
 * What a call is for, most urgent first: a block waits for consensus, the pool's contents for a recheck, and a new
 * transaction for its turn. Within a lane calls keep their order.
 */
export type Lane = 'consensus' | 'recheck' | 'check';

const LANES: readonly Lane[] = ['consensus', 'recheck', 'check'];

/** New transactions waiting for their check; beyond it they are refused, so that strangers' gossip delays no block. */
const CHECKS_WAITING_MAX = 2_048;

/**
 * The one place where promises of a user's application meet the event-driven engine. One call runs at a time; each answer
 * is a later event.
 */
export interface ApplicationQueue {
  /** `failed` gets the application's own failures, exceptions included. */
  call<A>(
    lane: Exclude<Lane, 'check'>,
    task: TaskEither<ApplicationError, A>,
    done: (answer: A) => void,
    failed: (error: ApplicationError) => void,
  ): void;
  /** The same for a new transaction; `'full'` when too many wait, and then nothing is asked. */
  check<A>(
    task: TaskEither<ApplicationError, A>,
    done: (answer: A) => void,
    failed: (error: ApplicationError) => void,
  ): 'asked' | 'full';
  /** Resolves once nothing is being asked: a simulated world waits for it before its next event. */
  readonly idle: () => Promise<void>;
  /** True while a call runs or waits. */
  readonly isBusy: () => boolean;
  close(): void;
}

type Call = () => Promise<void>;

const applicationError = (cause: unknown): ApplicationError => ({
  _tag: 'ApplicationError',
  message: `the application threw: ${causeText(cause)}`,
});

export const createApplicationQueue = (): ApplicationQueue => {
  const waiting: Readonly<Record<Lane, Call[]>> = { consensus: [], recheck: [], check: [] };
  let running: Promise<void> | undefined;
  let closed = false;

  const next = (): Call | undefined => {
    for (const lane of LANES) {
      const call = waiting[lane].shift();
      if (call !== undefined) return call;
    }
    return undefined;
  };

  const run = async (): Promise<void> => {
    // The caller's turn ends first: no answer, and no question either, comes inside the call that asked.
    await Promise.resolve();
    for (let call = next(); call !== undefined; call = next()) await call();
    running = undefined;
  };

  const enqueue = <A>(
    lane: Lane,
    task: TaskEither<ApplicationError, A>,
    done: (answer: A) => void,
    failed: (error: ApplicationError) => void,
  ): void => {
    if (closed) return;
    waiting[lane].push(async () => {
      let answer: Either<ApplicationError, A>;
      try {
        answer = await task();
      } catch (cause) {
        // Whatever an application does wrong is an answer: also a throw before its first promise.
        answer = E.left(applicationError(cause));
      }
      if (closed) return;
      if (E.isRight(answer)) done(answer.right);
      else failed(answer.left);
    });
    running ??= run();
  };

  return {
    call: enqueue,
    check: (task, done, failed) => {
      if (waiting.check.length >= CHECKS_WAITING_MAX) return 'full';
      enqueue('check', task, done, failed);
      return 'asked';
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
    isBusy: () => running !== undefined,
    close: () => {
      closed = true;
      for (const lane of LANES) waiting[lane].length = 0;
    },
  };
};
