import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageError } from './answer.ts';

/** One change of a batch. */
export type StateChange =
  | { readonly _tag: 'Put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly _tag: 'Delete'; readonly key: Uint8Array };

/** An ordered key-value map for application state; a batch is applied whole and durable, or not at all. */
export interface StateStore {
  /** None: there is no such entry. */
  get(key: Uint8Array): TaskEither<StorageError, Option<Uint8Array>>;
  /** Entries whose key starts with `prefix`, in byte order, handed over in pages until `visit` has seen all. */
  scan(prefix: Uint8Array, visit: (key: Uint8Array, value: Uint8Array) => void): TaskEither<StorageError, void>;
  /** Durable when it answers. */
  write(changes: readonly StateChange[]): TaskEither<StorageError, void>;
}
