import type { Either } from 'fp-ts/lib/Either.js';

/**
 * How a port answers: by calling back exactly once, and never inside the call that asked. In the running node the
 * answer comes from the event loop, in simulation from the world's scheduler; one pipeline serves both.
 */
export type Answer<E, A> = (result: Either<E, A>) => void;

/** A disk, database or file that failed or holds something it should not. */
export interface StorageError {
  readonly _tag: 'StorageError';
  /** What happened, where, and what to do. */
  readonly message: string;
}

/** A {@link StorageError} with this message. */
export const storageError = (message: string): StorageError => ({ _tag: 'StorageError', message });
