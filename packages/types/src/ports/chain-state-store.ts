import type { Option } from 'fp-ts/lib/Option.js';
import type { Answer, StorageError } from './answer.ts';
import type { StateChange } from './state-store.ts';

/** A record of its own beside the states: what consensus remembers for longer than a height. */
export interface ChainStateRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * States of the last heights that a store keeps: saving the state of height h lets go of the one of h − 16. The application
 * is at most one height behind what was saved last; some more help one that commits later, and whoever looks.
 */
export const CHAIN_STATES_KEPT = 16n;

/**
 * What consensus must know to continue after a height: sets by hash, parameters, application hash, as canonical bytes.
 * Written before the application commits that height, so that whichever height the application restarts from, it is here.
 */
export interface ChainStateStore {
  /**
   * Durable when it answers; the state, its `rows` and the end of the state {@link CHAIN_STATES_KEPT} heights below together
   * or none of them. Replaces what was saved for the same height.
   */
  save(height: bigint, state: Uint8Array, rows: readonly StateChange[], done: Answer<StorageError, void>): void;
  /** The state saved for this height; none: it was not, or is kept no more. */
  load(height: bigint, done: Answer<StorageError, Option<Uint8Array>>): void;
  /** Durable when it answers; all of them or none. */
  writeRows(rows: readonly StateChange[], done: Answer<StorageError, void>): void;
  /** Rows whose key starts with `prefix`, in byte order. */
  rows(prefix: Uint8Array, done: Answer<StorageError, readonly ChainStateRow[]>): void;
}
