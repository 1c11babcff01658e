import { taggedHash } from '@zhtp/crypto';
import { decode, encode, encodeUtf8, fromJson, hashCodec, toJson, type Codec, type Json } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { MapKey } from '../trie-path.ts';

/** An entry: its key as text, its value as canonical bytes. */
export type EntryBytes = readonly [key: string, value: Uint8Array];
/** What became of an entry; none: it is gone. */
export type EntryChange = readonly [key: string, value: Option<Uint8Array>];

/** The bytes of an entry under a key, if they are known. */
export type HeldEntry = (key: string) => Uint8Array | undefined;

/**
 * One map of the state under the name that the app hash, the store and proofs know it by. `S` is the part of the state it
 * stands in; types of keys and values stay inside.
 */
export interface NamedMap<S> {
  readonly name: string;
  readonly entries: (state: S) => Iterable<EntryBytes>;
  readonly get: (state: S, key: string) => Option<Uint8Array>;
  /** False only where something may be other: what a block left alone is not walked. */
  readonly isUntouched: (before: S, after: S) => boolean;
  /**
   * What is other in `after`, at the cost of the differences; the same key never twice.
   * @param held an entry's bytes in `before`, where they are at hand and need not be made again
   */
  readonly changes: (before: S, after: S, held?: HeldEntry) => Iterable<EntryChange>;
  /** The state with exactly these entries in this map, or which of them is damaged. */
  readonly load: (state: S, entries: Iterable<EntryBytes>) => Either<string, S>;
  /** The state with these entries other, at the cost of them; or which of them is damaged. */
  readonly apply: (state: S, changes: Iterable<EntryChange>) => Either<string, S>;
  /** Where the entry stands in the map's trie. */
  readonly place: (key: string) => MapKey;
  readonly toJson: (key: string, value: Uint8Array) => Either<string, Json>;
  readonly fromJson: (key: string, json: Json) => Either<string, Uint8Array>;
}

/** An entry that differs; `after` undefined: it is gone. */
interface Difference<V> {
  readonly key: string;
  readonly after: V | undefined;
}

/** An entry to put, or to take away. */
export type Replacement<K, V> = readonly [key: K, value: V | undefined];

/** A map with the types that {@link NamedMap} hides. */
export interface MapDeclaration<S, K extends string, V> {
  readonly name: string;
  readonly key: Codec<K>;
  readonly value: Codec<V>;
  readonly entries: (state: S) => Iterable<readonly [string, V]>;
  readonly get: (state: S, key: K) => V | undefined;
  /** Everything in the state that is replaced when the map changes. */
  readonly parts: readonly ((state: S) => unknown)[];
  readonly changes: (before: S, after: S) => Iterable<Difference<V>>;
  /** Left: why these entries fit no state. */
  readonly load: (state: S, entries: readonly (readonly [K, V])[]) => Either<string, S>;
  /** Left: why these do not fit the state. */
  readonly apply: (state: S, changes: readonly Replacement<K, V>[]) => Either<string, S>;
}

/** Most of the texts asked for are a few names, block after block; others push each other out. */
const PLACES_KEPT_MAX = 1_024;
const places = new Map<string, MapKey>();

/** Keys of 32 bytes are their own place; other texts are hashed to one. */
export const placeOf = (key: string): MapKey => {
  if (hashCodec.json.is(key)) return key;
  const known = places.get(key);
  if (known !== undefined) return known;
  if (places.size >= PLACES_KEPT_MAX) places.clear();
  const place = taggedHash('zhtp/map/key/v1', encodeUtf8(key));
  places.set(key, place);
  return place;
};

/** Longest part of a key that a message repeats. */
const SHOWN_CHARACTERS_MAX = 140;
const shown = (key: string): string =>
  key.length > SHOWN_CHARACTERS_MAX ? `${key.slice(0, SHOWN_CHARACTERS_MAX)}…` : key;

/** Hides the types of a declaration behind canonical bytes. */
export const namedMap = <S, K extends string, V>(declared: MapDeclaration<S, K, V>): NamedMap<S> => {
  const { name, key: keyCodec, value: valueCodec } = declared;
  const bytesOf = encode(valueCodec);
  const valueOf = decode(valueCodec);
  const keyOf = fromJson(keyCodec);
  const damaged = (key: string, why: string): string => `entry ${name}/${shown(key)} is damaged: ${why}`;
  return {
    name,
    place: placeOf,
    *entries(state) {
      for (const [key, value] of declared.entries(state)) yield [key, bytesOf(value)];
    },
    get: (state, key) => {
      const own = keyOf(key);
      const value = E.isRight(own) ? declared.get(state, own.right) : undefined;
      return value === undefined ? O.none : O.some(bytesOf(value));
    },
    isUntouched: (before, after) => {
      for (const part of declared.parts) if (part(before) !== part(after)) return false;
      return true;
    },
    changes: (before, after) => {
      const changes: EntryChange[] = [];
      for (const { key, after: value } of declared.changes(before, after))
        changes.push([key, value === undefined ? O.none : O.some(bytesOf(value))]);
      return changes;
    },
    load: (state, entries) => {
      const read: (readonly [K, V])[] = [];
      for (const [key, value] of entries) {
        const own = keyOf(key);
        if (E.isLeft(own)) return E.left(damaged(key, own.left.message));
        const decoded = valueOf(value);
        if (E.isLeft(decoded)) return E.left(damaged(key, decoded.left.message));
        read.push([own.right, decoded.right]);
      }
      return E.mapLeft((why: string) => `map ${name} is damaged: ${why}`)(declared.load(state, read));
    },
    apply: (state, changes) => {
      const read: Replacement<K, V>[] = [];
      for (const [key, value] of changes) {
        const own = keyOf(key);
        if (E.isLeft(own)) return E.left(damaged(key, own.left.message));
        const decoded = O.isSome(value) ? valueOf(value.value) : E.right(undefined);
        if (E.isLeft(decoded)) return E.left(damaged(key, decoded.left.message));
        read.push([own.right, decoded.right]);
      }
      return E.mapLeft((why: string) => `map ${name} is damaged: ${why}`)(declared.apply(state, read));
    },
    toJson: (_, value) => {
      const decoded = valueOf(value);
      return E.isRight(decoded) ? E.right(toJson(valueCodec)(decoded.right)) : E.left(decoded.left.message);
    },
    fromJson: (_, json) => {
      const value = fromJson(valueCodec)(json);
      return E.isRight(value) ? E.right(bytesOf(value.right)) : E.left(value.left.message);
    },
  };
};

/** The same map, seen from a state that holds `Part` in a field. */
export const within =
  <S, Part>(get: (state: S) => Part, set: (state: S, part: Part) => S) =>
  (map: NamedMap<Part>): NamedMap<S> => ({
    ...map,
    entries: (state) => map.entries(get(state)),
    get: (state, key) => map.get(get(state), key),
    isUntouched: (before, after) => get(before) === get(after) || map.isUntouched(get(before), get(after)),
    changes: (before, after, held) => (get(before) === get(after) ? [] : map.changes(get(before), get(after), held)),
    load: (state, entries) => E.map((part: Part) => set(state, part))(map.load(get(state), entries)),
    apply: (state, changes) => E.map((part: Part) => set(state, part))(map.apply(get(state), changes)),
  });
