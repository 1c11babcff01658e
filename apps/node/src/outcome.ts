import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { causeText, type Answer } from '@zhtp/types';

/** Why a command ends without success: one line that says what to do. */
export interface Failure {
  readonly _tag: 'Failure';
  readonly message: string;
}

/** What a command or a step of it comes to. The promise itself never rejects for anything an operator can cause. */
export type Outcome<A> = Promise<Either<Failure, A>>;

export const failure = (message: string): Failure => ({
  _tag: 'Failure',
  // Parsers quote what they read: one line, and nothing that a terminal would obey.
  message: message
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{C}\uFFFD]+/gu, '?')
    .trim(),
});

export const fail = (message: string): Either<Failure, never> => E.left(failure(message));

/** Any error of the packages, as ours. */
export const asFailure = <A>(result: Either<{ readonly message: string } | string, A>): Either<Failure, A> =>
  E.mapLeft((error: { readonly message: string } | string) =>
    failure(typeof error === 'string' ? error : error.message),
  )(result);

/** Waits for the answer of a port. */
export const answered = <A>(ask: (done: Answer<{ readonly message: string } | string, A>) => void): Outcome<A> =>
  new Promise((resolve) => {
    ask((result) => {
      resolve(asFailure(result));
    });
  });

/** The code of a failed system call, '' for anything else. */
export const systemCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

/** A failed file call as one line: what, where, what to do. */
const fileFailure = (what: string, path: string, cause: unknown): Failure => {
  switch (systemCode(cause)) {
    case 'ENOENT':
      return failure(`${what}: ${path} does not exist; check the path`);
    case 'EACCES':
    case 'EPERM':
      return failure(`${what}: ${path} is not accessible to this user; change its permissions or run as its owner`);
    case 'ENOTDIR':
      return failure(`${what}: ${path} is, or lies below, a file where a folder is needed; check the path`);
    case 'EISDIR':
      return failure(`${what}: ${path} is a folder, a file is needed; check the path`);
    case 'EEXIST':
      return failure(`${what}: ${path} exists already; choose another name, nothing was overwritten`);
    case 'ENOSPC':
    case 'EDQUOT':
      return failure(`${what}: the disk of ${path} is full; free space and try again, nothing was lost`);
    default:
      return failure(`${what}: ${path}: ${causeText(cause)}`);
  }
};

/** Runs a file call; its rejection becomes a value. */
export const attemptFile = async <A>(what: string, path: string, run: () => Promise<A>): Outcome<A> => {
  try {
    return E.right(await run());
  } catch (cause) {
    return E.left(fileFailure(what, path, cause));
  }
};
