import { canonicalJson, fromJson, toJson, type Json } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { ledgerMetaCodec, type LedgerMeta, type StoredLedger } from '../stored-ledger.ts';
import type { EntryBytes } from './named-map.ts';
import { STATE_MAPS, stateFault, stateFrom, stateMap, type StateMap } from './state-maps.ts';

/** Format of an export; another one is refused by name. */
export const EXPORT_FORMAT_VERSION = 1;

const byKey = ([a]: EntryBytes, [b]: EntryBytes): number => (a < b ? -1 : 1);

function* mapLines(stored: StoredLedger, map: StateMap): Generator<string, void> {
  const entries = [...map.entries(stored.state)].sort(byKey);
  for (const [i, [key, value]] of entries.entries()) {
    const json = map.toJson(key, value);
    if (E.isLeft(json)) throw new Error(`broken invariant in ledger: ${map.name}/${key}: ${json.left}`);
    yield `      ${JSON.stringify(key)}: ${canonicalJson(json.right)}${i === entries.length - 1 ? '' : ','}\n`;
  }
}

/**
 * The whole state as readable JSON text, in pieces: one entry per line, maps and keys in order, so that two exports of one
 * state are the same text and two states differ in the lines of what differs.
 */
export function* exportState(stored: StoredLedger): Generator<string, void> {
  yield `{\n  "format": ${String(EXPORT_FORMAT_VERSION)},\n  "meta": ${canonicalJson(toJson(ledgerMetaCodec)(stored.meta))},\n  "maps": {\n`;
  const maps = [...STATE_MAPS].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, map] of maps.entries()) {
    yield `    ${JSON.stringify(map.name)}: {\n`;
    yield* mapLines(stored, map);
    yield `    }${i === maps.length - 1 ? '' : ','}\n`;
  }
  yield '  }\n}\n';
}

type JsonObject = Readonly<Record<string, Json>>;
const isObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const entriesOf = (name: string, entries: Json | undefined): Either<string, readonly EntryBytes[]> => {
  const map = stateMap(name);
  if (map === undefined) return E.left(`maps.${name.slice(0, 64)} is unknown to this release`);
  if (!isObject(entries)) return E.left(`maps.${name} must be an object of entries`);
  const read: EntryBytes[] = [];
  for (const [key, json] of Object.entries(entries)) {
    const value = map.fromJson(key, json);
    if (E.isLeft(value)) return E.left(`maps.${name}.${key.slice(0, 140)}: ${value.left}`);
    read.push([key, value.right]);
  }
  return E.right(read);
};

const mapsOf = (maps: JsonObject): Either<string, ReadonlyMap<string, readonly EntryBytes[]>> => {
  const read = new Map<string, readonly EntryBytes[]>();
  for (const { name } of STATE_MAPS) if (!Object.hasOwn(maps, name)) return E.left(`maps.${name} is missing`);
  for (const [name, json] of Object.entries(maps)) {
    const entries = entriesOf(name, json);
    if (E.isLeft(entries)) return entries;
    read.set(name, entries.right);
  }
  return E.right(read);
};

const FIELDS = ['format', 'meta', 'maps'];

/**
 * Reads a parsed export, and checks that its entries are the state of the app hash it names and that no micro-ZHTP is lost
 * or made; otherwise what is wrong, by path. That this app hash is the chain's, only a verified header says.
 */
export const importState = (json: unknown): Either<string, StoredLedger> => {
  if (!isObject(json)) return E.left('an export is a JSON object with format, meta and maps');
  const { format, meta: metaJson, maps } = json;
  const unknown = Object.keys(json).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return E.left(`${unknown.slice(0, 64)} is no field of an export`);
  if (format !== EXPORT_FORMAT_VERSION)
    return E.left(`format is ${canonicalJson(format ?? null)}, this release reads ${String(EXPORT_FORMAT_VERSION)}`);
  const meta: Either<string, LedgerMeta> = E.mapLeft(({ message }: { readonly message: string }) => `meta: ${message}`)(
    fromJson(ledgerMetaCodec)(metaJson),
  );
  if (E.isLeft(meta)) return meta;
  if (!isObject(maps)) return E.left('maps must be an object of maps by name');
  const entries = mapsOf(maps);
  if (E.isLeft(entries)) return entries;
  const { totals, parameters } = meta.right;
  const state = stateFrom({ totals, parameters, maps: entries.right });
  if (E.isLeft(state)) return state;
  const fault = stateFault(state.right, meta.right);
  return fault === undefined
    ? E.right({ meta: meta.right, state: state.right })
    : E.left(`the export is damaged: ${fault}`);
};
