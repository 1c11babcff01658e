import { either as E, option as O } from 'fp-ts';
import { bytesToHex, hexToBytes, type StateStore } from '@zhtp/types';

/** An ordered map in memory, for simulation and tests. Keys are kept as hex, whose order is byte order. */
export const createMemoryStateStore = (): StateStore => {
  const entries = new Map<string, Uint8Array>();
  return {
    get: (key) => () => Promise.resolve(E.right(O.fromNullable(entries.get(bytesToHex(key))?.slice()))),
    scan: (prefix, visit) => () => {
      const start = bytesToHex(prefix);
      const found = [...entries].filter(([key]) => key.startsWith(start)).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [hex, value] of found) {
        const key = hexToBytes(hex);
        if (E.isRight(key)) visit(key.right, value.slice());
      }
      return Promise.resolve(E.right(undefined));
    },
    write: (changes) => () => {
      for (const change of changes) {
        const key = bytesToHex(change.key);
        if (change._tag === 'Delete') {
          entries.delete(key);
          continue;
        }
        // Rows of one length are written over, block after block: nobody else holds the array.
        const known = entries.get(key);
        if (known?.length === change.value.length) known.set(change.value);
        else entries.set(key, change.value.slice());
      }
      return Promise.resolve(E.right(undefined));
    },
  };
};
