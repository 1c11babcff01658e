import { either as E, option as O } from 'fp-ts';
import { encode, encodeUtf8, u64, type ChainStateStore, type StateStore } from '@zhtp/types';
import { answerLater } from './answer-later.ts';
import { concatBytes } from './bytes.ts';
import type { Schedule } from './schedule.ts';

/** The application is at most one height behind what was saved last; some more cost nothing and help whoever looks. */
const KEPT_HEIGHTS = 16n;

const PREFIX = encodeUtf8('chain-state/');

const keyOf = (height: bigint): Uint8Array => concatBytes([PREFIX, encode(u64)(height)]);

/** Chain states beside the application's rows, under keys that start with `chain-state/`; the last heights are kept. */
export const createChainStateStore = (store: StateStore): ChainStateStore => ({
  save: (height, state, done) => {
    const expired = height >= KEPT_HEIGHTS ? [{ _tag: 'Delete' as const, key: keyOf(height - KEPT_HEIGHTS) }] : [];
    answerLater(store.write([{ _tag: 'Put', key: keyOf(height), value: state }, ...expired])(), done);
  },
  load: (height, done) => {
    answerLater(store.get(keyOf(height))(), done);
  },
});

/** Chain states in memory, answering through `schedule`: for simulation and tests. */
export const createMemoryChainStateStore = (schedule: Schedule): ChainStateStore => {
  const states = new Map<bigint, Uint8Array>();
  return {
    save: (height, state, done) => {
      schedule(() => {
        states.set(height, state);
        states.delete(height - KEPT_HEIGHTS);
        done(E.right(undefined));
      });
    },
    load: (height, done) => {
      schedule(() => {
        done(E.right(O.fromNullable(states.get(height))));
      });
    },
  };
};
