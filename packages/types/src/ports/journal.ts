import type { Answer, StorageError } from './answer.ts';

/**
 * The write-ahead log of the height in progress (protocol.md, Durability). Opening and replaying belong to the
 * adapter; the engine receives the records that were kept and goes on from there.
 */
export interface Journal {
  /** Adds a record in memory order; durable after the next `sync`. Its bytes are copied before the call returns. */
  append(payload: Uint8Array): void;
  /** Every record appended before this call is on stable storage when it answers. */
  sync(done: Answer<StorageError, void>): void;
  /**
   * The records so far are no longer needed: call after their end-of-height record is synced. Later records start a new
   * segment; the old ones are removed once that is durable.
   */
  rotate(): void;
}
