import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import {
  bytesToHex,
  CHAIN_STATES_KEPT,
  encode,
  encodeUtf8,
  u64,
  type ChainStateRow,
  type ChainStateStore,
  type StateChange,
  type StateStore,
} from '@zhtp/types';
import { answerLater } from './answer-later.ts';
import { concatBytes } from './bytes.ts';
import type { Schedule } from './schedule.ts';

const STATE_PREFIX = encodeUtf8('chain-state/');
const ROW_PREFIX = encodeUtf8('chain-row/');

const stateKey = (height: bigint): Uint8Array => concatBytes([STATE_PREFIX, encode(u64)(height)]);
const rowKey = (key: Uint8Array): Uint8Array => concatBytes([ROW_PREFIX, key]);

const asRows = (changes: readonly StateChange[]): readonly StateChange[] =>
  changes.map((change) => ({ ...change, key: rowKey(change.key) }));

/**
 * Chain states beside the application's rows, under keys that start with `chain-state/`, of which the last heights are kept,
 * and `chain-row/`.
 */
export const createChainStateStore = (store: StateStore): ChainStateStore => ({
  save: (height, state, rows, done) => {
    const expired =
      height >= CHAIN_STATES_KEPT ? [{ _tag: 'Delete' as const, key: stateKey(height - CHAIN_STATES_KEPT) }] : [];
    answerLater(
      store.write([{ _tag: 'Put', key: stateKey(height), value: state }, ...expired, ...asRows(rows)])(),
      done,
    );
  },
  load: (height, done) => {
    answerLater(store.get(stateKey(height))(), done);
  },
  writeRows: (rows, done) => {
    answerLater(store.write(asRows(rows))(), done);
  },
  rows: (prefix, done) => {
    const found: ChainStateRow[] = [];
    const scanned = store.scan(rowKey(prefix), (key, value) => {
      found.push({ key: key.slice(ROW_PREFIX.length), value });
    });
    answerLater(
      pipe(
        scanned,
        TE.map((): readonly ChainStateRow[] => found),
      )(),
      done,
    );
  },
});

/** Chain states in memory, answering through `schedule`: for simulation and tests. */
export const createMemoryChainStateStore = (schedule: Schedule): ChainStateStore => {
  /** A list of the few that are kept: a table that gains and loses one at each height is made anew again and again. */
  const states: { readonly height: bigint; readonly state: Uint8Array }[] = [];
  const placeOf = (height: bigint): number => states.findIndex((known) => known.height === height);
  const keep = (height: bigint, state: Uint8Array): void => {
    // Heights mostly follow each other: then it is a new one, and the oldest goes.
    const known = (states.at(-1)?.height ?? -1n) < height ? -1 : placeOf(height);
    if (known < 0) states.push({ height, state });
    else states[known] = { height, state };
    const past = height - CHAIN_STATES_KEPT;
    if (states[0]?.height === past) {
      states.shift();
      return;
    }
    const expired = placeOf(past);
    if (expired >= 0) states.splice(expired, 1);
  };
  /** By hex of the key, whose order is byte order. */
  const rowsByKey = new Map<string, ChainStateRow>();
  const apply = (changes: readonly StateChange[]): void => {
    for (const change of changes)
      if (change._tag === 'Put') rowsByKey.set(bytesToHex(change.key), { key: change.key, value: change.value });
      else rowsByKey.delete(bytesToHex(change.key));
  };
  return {
    save: (height, state, rows, done) => {
      schedule(() => {
        keep(height, state);
        apply(rows);
        done(E.right(undefined));
      });
    },
    load: (height, done) => {
      schedule(() => {
        done(E.right(O.fromNullable(states[placeOf(height)]?.state)));
      });
    },
    writeRows: (rows, done) => {
      schedule(() => {
        apply(rows);
        done(E.right(undefined));
      });
    },
    rows: (prefix, done) => {
      schedule(() => {
        const start = bytesToHex(prefix);
        const found = [...rowsByKey].filter(([hex]) => hex.startsWith(start)).sort(([a], [b]) => (a < b ? -1 : 1));
        done(E.right(found.map(([, row]) => row)));
      });
    },
  };
};
