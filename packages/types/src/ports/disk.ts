import type { Option } from 'fp-ts/lib/Option.js';
import type { Answer, StorageError } from './answer.ts';

/**
 * A few files in one folder, as the journal and the signer need them. Names are plain, without separators.
 * Writes become durable with `sync` or `replace`, and only then; a simulated disk loses, tears and flips the rest.
 */
export interface Disk {
  /** Names in ascending order. */
  list(done: Answer<StorageError, readonly string[]>): void;
  /** The whole file; none when there is no such file. */
  read(name: string, done: Answer<StorageError, Option<Uint8Array>>): void;
  /** Adds to the end of a file, creating it; ordered with every other call on the same name. `bytes` stay as they are until the answer. */
  append(name: string, bytes: Uint8Array, done: Answer<StorageError, void>): void;
  /** Contents and existence of the file reach stable storage. */
  sync(name: string, done: Answer<StorageError, void>): void;
  /** Cuts a file to `length` bytes, durably. */
  truncate(name: string, length: number, done: Answer<StorageError, void>): void;
  /** Atomically and durably puts `bytes` under `name`: the old or the new contents, never a mixture. */
  replace(name: string, bytes: Uint8Array, done: Answer<StorageError, void>): void;
  /** Content when there is no such file. */
  remove(name: string, done: Answer<StorageError, void>): void;
}
