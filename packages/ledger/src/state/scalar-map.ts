import { equalBytes, type Json } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Scalar } from './map-kinds.ts';
import { placeOf, type EntryBytes, type EntryChange, type NamedMap } from './named-map.ts';

/** The map of everything that is no map, each value under its name. All of them are there in every state. */
export const scalarMap = <S>(name: string, scalars: readonly Scalar<S>[]): NamedMap<S> => {
  const byKey = new Map(scalars.map((each) => [each.key, each]));
  const load = (state: S, entries: Iterable<EntryBytes>): Either<string, S> => {
    const missing = new Set(byKey.keys());
    let next = state;
    for (const [key, value] of entries) {
      const each = byKey.get(key);
      if (each === undefined) return E.left(`entry ${name}/${key.slice(0, 64)} is unknown to this release`);
      const loaded = each.load(next, value);
      if (E.isLeft(loaded)) return E.left(`entry ${name}/${key} is damaged: ${loaded.left}`);
      next = loaded.right;
      missing.delete(key);
    }
    const [first] = missing;
    return first === undefined ? E.right(next) : E.left(`entry ${name}/${first} is missing`);
  };
  const formsOf = (key: string): Either<string, Scalar<S>> =>
    E.fromNullable(`${key.slice(0, 64)} is unknown to this release`)(byKey.get(key));
  return {
    name,
    place: placeOf,
    *entries(state) {
      for (const each of scalars) yield [each.key, each.read(state)];
    },
    get: (state, key) => O.map((each: Scalar<S>) => each.read(state))(O.fromNullable(byKey.get(key))),
    // Every block has some: each is asked on its own.
    isUntouched: (before, after) => before === after,
    changes: (before, after, held) => {
      const changes: EntryChange[] = [];
      for (const each of scalars) {
        if (each.isUntouched(before, after)) continue;
        const now = each.read(after);
        if (!equalBytes(held?.(each.key) ?? each.read(before), now)) changes.push([each.key, O.some(now)]);
      }
      return changes;
    },
    load,
    apply: (state, changes) => {
      let next = state;
      for (const [key, value] of changes) {
        const each = byKey.get(key);
        if (each === undefined) return E.left(`entry ${name}/${key.slice(0, 64)} is unknown to this release`);
        if (O.isNone(value)) return E.left(`entry ${name}/${key} is missing`);
        const loaded = each.load(next, value.value);
        if (E.isLeft(loaded)) return E.left(`entry ${name}/${key} is damaged: ${loaded.left}`);
        next = loaded.right;
      }
      return E.right(next);
    },
    toJson: (key, value) => E.chain((each: Scalar<S>) => each.toJson(value))(formsOf(key)),
    fromJson: (key, json: Json) => E.chain((each: Scalar<S>) => each.fromJson(json))(formsOf(key)),
  };
};
