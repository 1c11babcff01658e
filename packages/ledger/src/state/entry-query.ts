import { decode, encode, struct, type TypeOf } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { LedgerState } from '../ledger-state.ts';
import { entryProofCodec, proveEntry } from './entry-proof.ts';
import { entryKeyCodec, mapNameCodec } from './map-bounds.ts';
import { stateMap } from './state-maps.ts';

/** Where an entry of the state stands: what queries for one carry. */
export const entryPathCodec = struct('EntryPath', { map: mapNameCodec, key: entryKeyCodec });
export type EntryPath = TypeOf<typeof entryPathCodec>;

const pathIn = (data: Uint8Array): Option<EntryPath> => {
  const path = decode(entryPathCodec)(data);
  return E.isRight(path) ? O.some(path.right) : O.none;
};

/** Canonical bytes of an entry's value; none: there is none, or the data is no {@link entryPathCodec}. */
export const answerEntry = (state: LedgerState, data: Uint8Array): Option<Uint8Array> =>
  O.chain(({ map, key }: EntryPath) => stateMap(map)?.get(state, key) ?? O.none)(pathIn(data));

/** Canonical bytes of an {@link entryProofCodec}; none: no such map, or the data is no {@link entryPathCodec}. */
export const answerEntryProof = (state: LedgerState, data: Uint8Array): Option<Uint8Array> =>
  O.map(encode(entryProofCodec))(O.chain(({ map, key }: EntryPath) => proveEntry(state, map, key))(pathIn(data)));
