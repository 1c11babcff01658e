import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  CHAIN_STATES_KEPT,
  decode,
  encode,
  encodeUtf8,
  frozenValidatorsCodec,
  hashCodec,
  type ChainStateRow,
  type Hash,
  type StateChange,
} from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { frozenSet } from './frozen-set.ts';

/** Prefix of the rows of validator sets in the chain state store: the hash that headers call a set by, then its validators. */
export const SET_PREFIX: Uint8Array = encodeUtf8('validator-set/');

const writeSet = encode(frozenValidatorsCodec);
const readSet = decode(frozenValidatorsCodec);
const writeHash = encode(hashCodec);

const keyOf = (set: Hash): Uint8Array => Uint8Array.from([...SET_PREFIX, ...writeHash(set)]);

/** The set in a row, or in which way the row is damaged. */
export const readSetRow = ({ key, value }: ChainStateRow): Either<string, ValidatorSet> => {
  const validators = readSet(value);
  const set = E.isLeft(validators) ? E.left(validators.left.message) : frozenSet(validators.right);
  if (E.isLeft(set)) return E.left(`a stored validator set is damaged: ${set.left}`);
  const expected = keyOf(set.right.hash);
  return key.length === expected.length && key.every((byte, i) => byte === expected[i])
    ? set
    : E.left(`a stored validator set is damaged: it is ${set.right.hash} and lies in the row of another`);
};

/**
 * The validator sets that a node keeps, each once, in rows beside the chain states: at 100 validators of ML-DSA-65 a set has
 * 200 KB, and mostly it is the same for many heights. Chain states name the three sets around their height, remembered
 * heights the one that decided them (protocol.md, Sync: stored once per set hash).
 *
 * Whatever can be read after a crash finds the sets that it names. Rows change only in the batch that saves the state of a
 * height h, which is durable whole or not at all (ChainStateStore), so no order inside it matters. That batch
 * - puts every set that the state or a remembered height names and that has no row;
 * - deletes a set only when no remembered height was decided by it and the last state that named it is that of
 *   h − CHAIN_STATES_KEPT, which the same batch lets go of, or an older one. So every state that is left keeps its sets, and
 *   the application may start from any of them, not from the last only.
 * Of a set that an earlier process stored nobody knows which states name it: it counts as named by the head at the start,
 * since no state is saved before its block. That holds too when blocks are executed again, from genesis even: the low
 * heights let go of nothing that a higher state still names.
 */
export interface KeptSets {
  /** Takes up what an earlier process wrote, or says which row is damaged. @param head the last decided height */
  load(rows: readonly ChainStateRow[], head: bigint): Either<string, void>;
  get(set: Hash): ValidatorSet | undefined;
  /** One more run of remembered heights was decided by this set; answers with the object that is kept of it. */
  hold(set: ValidatorSet): ValidatorSet;
  /** A run of remembered heights that was decided by this set is forgotten. */
  release(set: Hash): void;
  /** The changes of rows that belong into the batch with the state of `height`, which names these sets. */
  changesWith(height: bigint, named: readonly ValidatorSet[]): readonly StateChange[];
}

interface Kept {
  readonly set: ValidatorSet;
  hasRow: boolean;
  /** Runs of remembered heights. */
  held: number;
  /** The highest state that named it, as far as is known. */
  lastNamed: bigint;
}

const NEVER_NAMED = -1n;

export const createKeptSets = (): KeptSets => {
  const sets = new Map<Hash, Kept>();
  /** Those without a row yet, and those that no remembered height holds: what the next batch may be about. */
  const unwritten = new Set<Kept>();
  const unheld = new Set<Kept>();

  const keep = (set: ValidatorSet, hasRow: boolean, lastNamed: bigint): Kept => {
    const found = sets.get(set.hash);
    if (found !== undefined) return found;
    const kept: Kept = { set, hasRow, held: 0, lastNamed };
    sets.set(set.hash, kept);
    unheld.add(kept);
    if (!hasRow) unwritten.add(kept);
    return kept;
  };

  return {
    load: (rows, head) => {
      for (const row of rows) {
        const set = readSetRow(row);
        if (E.isLeft(set)) return set;
        keep(set.right, true, head);
      }
      return E.right(undefined);
    },
    get: (set) => sets.get(set)?.set,
    hold: (set) => {
      const kept = keep(set, false, NEVER_NAMED);
      kept.held += 1;
      unheld.delete(kept);
      return kept.set;
    },
    release: (set) => {
      const kept = sets.get(set);
      if (kept === undefined || kept.held === 0)
        throw new Error(`broken invariant in engine: validator set ${set} is released and not held`);
      kept.held -= 1;
      if (kept.held === 0) unheld.add(kept);
    },
    changesWith: (height, named) => {
      for (const set of named) {
        const kept = keep(set, false, height);
        if (kept.lastNamed < height) kept.lastNamed = height;
      }
      const changes: StateChange[] = [];
      for (const kept of unheld) {
        if (kept.lastNamed + CHAIN_STATES_KEPT > height) continue;
        unheld.delete(kept);
        unwritten.delete(kept);
        sets.delete(kept.set.hash);
        if (kept.hasRow) changes.push({ _tag: 'Delete', key: keyOf(kept.set.hash) });
      }
      for (const kept of unwritten) {
        kept.hasRow = true;
        changes.push({ _tag: 'Put', key: keyOf(kept.set.hash), value: writeSet(kept.set.validators) });
      }
      unwritten.clear();
      return changes;
    },
  };
};
