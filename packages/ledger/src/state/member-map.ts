import { array, identityCodec, VALIDATORS_MAX, type Codec, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { OrderedMap, type MapChange } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import { namedMap, type NamedMap } from './named-map.ts';
import { entryKeyCodec } from './map-bounds.ts';

/** Key of the one entry about everybody in the last decided set; whoever is not in it has an entry under its identity. */
export const MEMBERS_KEY = 'members';

interface OfValidator {
  readonly identity: IdentityId;
}

/** Where records stand in the state, and what of them is in the map. */
export interface MemberPlace<S, R, V extends OfValidator> {
  readonly members: (state: S) => readonly FrozenValidator[];
  readonly records: (state: S) => OrderedMap<IdentityId, R>;
  /** What of them is other in the second state. */
  readonly changes: (before: S, after: S) => Iterable<MapChange<IdentityId, R>>;
  readonly of: (identity: IdentityId, record: R) => V;
  /** Whether two records hold the same of it. */
  readonly same: (a: R, b: R) => boolean;
  readonly put: (record: R, value: V) => R;
  readonly withRecords: (state: S, records: OrderedMap<IdentityId, R>) => S;
  /** The map with the rest of the records, which is loaded and changed before this one. */
  readonly rest: string;
}

/** An entry's value. */
export const memberRow = <V>(value: Codec<V>): Codec<readonly V[]> => array(value, VALIDATORS_MAX);

/** The identities of each list of members; a list is replaced where it changes. */
const identitySets = new WeakMap<readonly FrozenValidator[], ReadonlySet<IdentityId>>();

const identitiesOf = (members: readonly FrozenValidator[]): ReadonlySet<IdentityId> => {
  const known = identitySets.get(members);
  if (known !== undefined) return known;
  const identities = new Set(members.map(({ identity }) => identity));
  identitySets.set(members, identities);
  return identities;
};

const valuesOf = <V extends OfValidator>(
  entries: readonly (readonly [string, readonly V[] | undefined])[],
): ReadonlyMap<IdentityId, V> =>
  new Map(entries.flatMap(([, row = []]) => row.map((value) => [value.identity, value] as const)));

/**
 * A map of what nearly every block changes for everybody who signs: small records, those of the whole set in one entry, so
 * that a block writes and hashes one entry and not one for each validator.
 */
export const memberMap = <S, R, V extends OfValidator>(
  name: string,
  value: Codec<V>,
  { members, records, changes, of, same, put, withRecords, rest }: MemberPlace<S, R, V>,
): NamedMap<S> => {
  const ofMembers = (state: S): readonly V[] => {
    const known = records(state);
    const row: V[] = [];
    for (const { identity } of members(state)) {
      const record = known.get(identity);
      if (record !== undefined) row.push(of(identity, record));
    }
    return row;
  };
  /** Of who is no member. */
  const own = (state: S, identity: IdentityId): R | undefined =>
    identitiesOf(members(state)).has(identity) ? undefined : records(state).get(identity);

  const strangerIn = (state: S, values: ReadonlyMap<IdentityId, V>): IdentityId | undefined =>
    [...values.keys()].find((identity) => !records(state).has(identity));

  return namedMap<S, string, readonly V[]>({
    name,
    key: entryKeyCodec,
    value: memberRow(value),
    parts: [members, records],
    *entries(state) {
      const row = ofMembers(state);
      if (row.length > 0) yield [MEMBERS_KEY, row];
      const inside = identitiesOf(members(state));
      for (const [identity, record] of records(state))
        if (!inside.has(identity)) yield [identity, [of(identity, record)]];
    },
    get: (state, key) => {
      const row = key === MEMBERS_KEY ? ofMembers(state) : [];
      if (row.length > 0) return row;
      const record = identityCodec.json.is(key) ? own(state, key) : undefined;
      return record === undefined || !identityCodec.json.is(key) ? undefined : [of(key, record)];
    },
    *changes(before, after) {
      const [was, is] = [members(before), members(after)];
      const [insideBefore, inside] = [identitiesOf(was), identitiesOf(is)];
      const moved = was === is ? [] : [...was, ...is].map(({ identity }) => identity);
      const touched = new Set(moved.filter((identity) => inside.has(identity) !== insideBefore.has(identity)));
      let isOther = was !== is;
      for (const { key, before: a, after: b } of changes(before, after)) {
        if (a !== undefined && b !== undefined && same(a, b)) continue;
        if (inside.has(key)) isOther = true;
        else touched.add(key);
      }
      for (const identity of touched) {
        const [a, b] = [own(before, identity), own(after, identity)];
        if (b !== undefined) yield { key: identity, after: [of(identity, b)] };
        else if (a !== undefined) yield { key: identity, after: undefined };
      }
      if (!isOther) return;
      const row = ofMembers(after);
      if (row.length > 0) yield { key: MEMBERS_KEY, after: row };
      else if (ofMembers(before).length > 0) yield { key: MEMBERS_KEY, after: undefined };
    },
    load: (state, entries) => {
      const values = valuesOf(entries);
      const stranger = strangerIn(state, values);
      if (stranger !== undefined) return E.left(`${stranger} has no entry in ${rest}`);
      const known = [...records(state)];
      const missing = known.find(([identity]) => !values.has(identity));
      if (missing !== undefined) return E.left(`validator ${missing[0]} is missing`);
      return E.right(
        withRecords(
          state,
          OrderedMap.of(
            known.map(([identity, record]) => {
              const own = values.get(identity);
              return [identity, own === undefined ? record : put(record, own)] as const;
            }),
          ),
        ),
      );
    },
    // Where an entry goes, its validator has moved into the other one, or out of all maps.
    apply: (state, entries) => {
      const values = valuesOf(entries);
      const stranger = strangerIn(state, values);
      if (stranger !== undefined) return E.left(`${stranger} has no entry in ${rest}`);
      let next = records(state);
      for (const [identity, held] of values) {
        const record = next.get(identity);
        if (record !== undefined) next = next.with(identity, put(record, held));
      }
      return E.right(withRecords(state, next));
    },
  });
};
