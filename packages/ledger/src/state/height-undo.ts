import { array, bytes, decode, hashFromBytes, hashToBytes, option, struct, type Codec, type TypeOf } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { getFromMap, updateMap, type AuthenticatedMap, type MapChanges } from '../authenticated-map.ts';
import { appHashOf, type LedgerState } from '../ledger-state.ts';
import { ledgerMetaCodec, type StoredLedger } from '../stored-ledger.ts';
import type { MapKey } from '../trie-path.ts';
import type { LedgerChanges } from '../working-state.ts';
import { domainsWith, undone, updatedTries, type DomainChanges } from './domain-rows.ts';
import { entryKeyCodec, entryValueCodec, MAPS_MAX, mapNameCodec } from './map-bounds.ts';
import { checkedRows, uncheck } from './rows.ts';

/** Beyond what a block changes. */
const ENTRIES_MAX = 16_777_216;
const HASH_BYTES = 32;

// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const valueCodec: Codec<Option<Uint8Array>> = option(entryValueCodec);
const placedCodec = array(struct('PlacedValue', { key: bytes(HASH_BYTES), value: valueCodec }), ENTRIES_MAX);
type Placed = TypeOf<typeof placedCodec>;
const entriesCodec = array(struct('EntryValue', { key: entryKeyCodec, value: valueCodec }), ENTRIES_MAX);

/** What a block found where it changed something, and what was said of the state before it. */
const heightUndoCodec = struct('HeightUndo', {
  meta: ledgerMetaCodec,
  accounts: placedCodec,
  keys: placedCodec,
  domains: array(struct('MapValues', { map: mapNameCodec, entries: entriesCodec }), MAPS_MAX),
});

const undoRow = checkedRows(heightUndoCodec);
const decodeUndo = decode(heightUndoCodec);

const valuesIn = (map: AuthenticatedMap, changes: MapChanges): Placed =>
  Array.from(changes.keys(), (key) => ({ key: hashToBytes(key), value: getFromMap(map, key) }));

/** The row that leads from the state after a block back to the one before it, at the cost of what the block changed. */
export const undoOf = ({ meta, state }: StoredLedger, changes: LedgerChanges): Uint8Array =>
  undoRow({
    meta,
    accounts: valuesIn(state.accounts, changes.accounts),
    keys: valuesIn(state.keys, changes.keys),
    domains: Array.from(undone(state.tries, changes.domains), ([map, entries]) => ({
      map,
      entries: Array.from(entries, ([key, value]) => ({ key, value })),
    })),
  });

const placedChanges = (placed: Placed): MapChanges => {
  const changes = new Map<MapKey, Option<Uint8Array>>();
  for (const { key, value } of placed) {
    const own = hashFromBytes(key);
    if (E.isRight(own)) changes.set(own.right, value);
  }
  return changes;
};

/** The state before a block, from the one after it and the block's row; Left: the row is damaged, and how. */
export const stateBefore = (after: StoredLedger, row: Uint8Array): Either<string, StoredLedger> => {
  const encoded = uncheck(row);
  if (encoded === undefined) return E.left('its checksum does not hold');
  const undo = decodeUndo(encoded);
  if (E.isLeft(undo)) return E.left(undo.left.message);
  const { meta, accounts, keys, domains } = undo.right;
  const changes: DomainChanges = new Map(
    domains.map(({ map, entries }) => [map, new Map(entries.map(({ key, value }) => [key, value]))]),
  );
  const applied = domainsWith(after.state, changes);
  if (E.isLeft(applied)) return applied;
  const state: LedgerState = {
    ...after.state,
    ...applied.right,
    tries: updatedTries(after.state.tries, changes),
    accounts: updateMap(after.state.accounts, placedChanges(accounts)),
    keys: updateMap(after.state.keys, placedChanges(keys)),
    totals: meta.totals,
    parameters: meta.parameters,
  };
  const appHash = appHashOf(state);
  if (meta.height + 1n !== after.meta.height || appHash !== meta.appHash)
    return E.left(
      `it leads to app hash ${appHash}, the block before ended with ${meta.appHash} at height ${String(meta.height)}`,
    );
  return E.right({ meta, state });
};
