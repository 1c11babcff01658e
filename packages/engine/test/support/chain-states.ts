import { either as E, option as O } from 'fp-ts';
import { bytesToHex, CHAIN_STATES_KEPT, type ChainStateRow, type ChainStateStore, type StateChange } from '@zhtp/types';

/** A chain state store that answers at once, over maps that the test sees. */
export const chainStatesIn = (states: Map<bigint, Uint8Array>, rows: Map<string, ChainStateRow>): ChainStateStore => {
  const apply = (changes: readonly StateChange[]): void => {
    for (const change of changes)
      if (change._tag === 'Put') rows.set(bytesToHex(change.key), { key: change.key, value: change.value });
      else rows.delete(bytesToHex(change.key));
  };
  return {
    save: (height, state, changes, done) => {
      states.set(height, state);
      states.delete(height - CHAIN_STATES_KEPT);
      apply(changes);
      done(E.right(undefined));
    },
    load: (height, done) => {
      done(E.right(O.fromNullable(states.get(height))));
    },
    writeRows: (changes, done) => {
      apply(changes);
      done(E.right(undefined));
    },
    rows: (prefix, done) => {
      const start = bytesToHex(prefix);
      const found = [...rows].filter(([hex]) => hex.startsWith(start)).sort(([a], [b]) => (a < b ? -1 : 1));
      done(E.right(found.map(([, row]) => row)));
    },
  };
};
