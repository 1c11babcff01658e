import { HexMap } from '@zhtp/dao';
import { boolean, decode, encode, found, fromJson, leaf, toJson, type Codec, type Json } from '@zhtp/types';
import { OrderedMap } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { namedMap, type NamedMap } from './named-map.ts';

/** Where in `S` something stands. */
export interface Place<S, A> {
  readonly get: (state: S) => A;
  readonly set: (state: S, part: A) => S;
}

/** What the persistent maps of the domains have in common. */
interface Persistent<K, V, Map> extends Iterable<readonly [string, V]> {
  get(key: K): V | undefined;
  with(key: K, value: V): Map;
  without(key: K): Map;
  changesSince(earlier: Map): Iterable<{ readonly key: string; readonly after: V | undefined }>;
}

const persistentMap = <S, K extends string, V, Map extends Persistent<K, V, Map>>(
  name: string,
  key: Codec<K>,
  value: Codec<V>,
  { get, set }: Place<S, Map>,
  of: (entries: readonly (readonly [K, V])[]) => Map,
): NamedMap<S> =>
  namedMap<S, K, V>({
    name,
    key,
    value,
    entries: get,
    parts: [get],
    get: (state, at) => get(state).get(at),
    changes: (before, after) => get(after).changesSince(get(before)),
    load: (state, entries) => E.right(set(state, of(entries))),
    apply: (state, changes) =>
      E.right(
        set(
          state,
          changes.reduce(
            (next, [at, after]) => (after === undefined ? next.without(at) : next.with(at, after)),
            get(state),
          ),
        ),
      ),
  });

/** A map whose values are stored as they are. */
export const orderedMap = <S, K extends string, V>(
  name: string,
  key: Codec<K>,
  value: Codec<V>,
  place: Place<S, OrderedMap<K, V>>,
): NamedMap<S> => persistentMap(name, key, value, place, (entries) => OrderedMap.of(entries));

/** The same for a map by identities or hashes. */
export const hexMap = <S, K extends string, V>(
  name: string,
  key: Codec<K>,
  value: Codec<V>,
  place: Place<S, HexMap<K, V>>,
): NamedMap<S> => persistentMap(name, key, value, place, (entries) => HexMap.of(entries));

const valuesInOrder = <V>(entries: Iterable<readonly [string, V]>): readonly V[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);

/** A short list as a map, for rows and proofs of its own; compared element by element where it was replaced. */
export const listMap = <S, K extends string, V>(
  name: string,
  key: Codec<K>,
  value: Codec<V>,
  list: {
    readonly keyed: (state: S) => readonly (readonly [K, V])[];
    readonly set: (state: S, values: readonly V[]) => S;
    /** Whatever is replaced when the list changes. */
    readonly of: (state: S) => readonly unknown[];
  },
): NamedMap<S> =>
  namedMap<S, K, V>({
    name,
    key,
    value,
    entries: list.keyed,
    parts: [list.of],
    get: (state, at) => new Map(list.keyed(state)).get(at),
    *changes(before, after) {
      const old = new Map(list.keyed(before));
      for (const [at, now] of list.keyed(after)) {
        if (old.get(at) !== now) yield { key: at, after: now };
        old.delete(at);
      }
      for (const at of old.keys()) yield { key: at, after: undefined };
    },
    load: (state, entries) => E.right(list.set(state, valuesInOrder(entries))),
    apply: (state, changes) => {
      const entries = new Map(list.keyed(state));
      for (const [key, value] of changes)
        if (value === undefined) entries.delete(key);
        else entries.set(key, value);
      return E.right(list.set(state, valuesInOrder(entries)));
    },
  });

/** The value of entries that are only there or not. */
export const present: Codec<true> = leaf<true>(
  'present',
  (u): u is true => u === true,
  (u) => (u === true ? E.right(true) : E.left(`expected true, got ${found(u)}`)),
  () => true,
  {
    size: 1,
    write: (writer) => {
      boolean.bytes.write(writer, true);
    },
    read: (reader) => {
      if (!boolean.bytes.read(reader)) throw new Error('expected 1, got 0');
      return true;
    },
  },
);

/** A value of the state that is no map: an entry of the map `meta`. */
export interface Scalar<S> {
  readonly key: string;
  readonly read: (state: S) => Uint8Array;
  /** False only where the two may read differently: what a block left alone is not encoded. */
  readonly isUntouched: (before: S, after: S) => boolean;
  readonly load: (state: S, value: Uint8Array) => Either<string, S>;
  readonly toJson: (value: Uint8Array) => Either<string, Json>;
  readonly fromJson: (json: Json) => Either<string, Uint8Array>;
}

/** Whether two records hold the very same values, field by field. */
const sameFields = <V>(a: V, b: V): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const field in a) if (a[field] !== b[field]) return false;
  for (const field in b) if (a[field] !== b[field]) return false;
  return true;
};

export const scalar = <S, V>(key: string, codec: Codec<V>, { get, set }: Place<S, V>): Scalar<S> => {
  const bytesOf = encode(codec);
  const valueOf = decode(codec);
  return {
    key,
    read: (state) => bytesOf(get(state)),
    isUntouched: (before, after) => before === after || sameFields(get(before), get(after)),
    load: (state, value) => {
      const decoded = valueOf(value);
      return E.isRight(decoded) ? E.right(set(state, decoded.right)) : E.left(decoded.left.message);
    },
    toJson: (value) => {
      const decoded = valueOf(value);
      return E.isRight(decoded) ? E.right(toJson(codec)(decoded.right)) : E.left(decoded.left.message);
    },
    fromJson: (json) => {
      const value = fromJson(codec)(json);
      return E.isRight(value) ? E.right(bytesOf(value.right)) : E.left(value.left.message);
    },
  };
};
