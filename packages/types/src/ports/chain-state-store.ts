import type { Option } from 'fp-ts/lib/Option.js';
import type { Answer, StorageError } from './answer.ts';

/**
 * What consensus must know to continue after a height: sets, parameters, application hash, as canonical bytes.
 * Written before the application commits that height, so that whichever height the application restarts from, it is here.
 */
export interface ChainStateStore {
  /** Durable when it answers; replaces what was saved for the same height. */
  save(height: bigint, state: Uint8Array, done: Answer<StorageError, void>): void;
  load(height: bigint, done: Answer<StorageError, Option<Uint8Array>>): void;
}
