import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { EMPTY_MAP, getFromMap, mapFrom, updateMap, type AuthenticatedMap } from '../authenticated-map.ts';
import type { ChainDomains } from '../chain-domains.ts';
import type { MapKey } from '../trie-path.ts';
import { DOMAIN_MAPS } from './domain-maps.ts';
import { placeOf, type EntryBytes } from './named-map.ts';

/** Changed entries by map and key; none: the entry is gone. Maps without a change are left out. */
export type DomainChanges = ReadonlyMap<string, ReadonlyMap<string, Option<Uint8Array>>>;

/** The tries over the domain maps, by name: what roots and proofs are taken from. */
export type DomainTries = ReadonlyMap<string, AuthenticatedMap>;

/**
 * What one block, or several, changed. Cost: the differences of the two states, not their size.
 * @param tries those of `before`, whose entries then need not be encoded again to be compared
 */
export const domainChanges = (before: ChainDomains, after: ChainDomains, tries?: DomainTries): DomainChanges => {
  const all = new Map<string, ReadonlyMap<string, Option<Uint8Array>>>();
  for (const map of DOMAIN_MAPS) {
    if (map.isUntouched(before, after)) continue;
    const trie = tries?.get(map.name);
    const held = trie === undefined ? undefined : (key: string) => O.toUndefined(getFromMap(trie, placeOf(key)));
    const changes = new Map<string, Option<Uint8Array>>();
    for (const [key, value] of map.changes(before, after, held)) changes.set(key, value);
    if (changes.size > 0) all.set(map.name, changes);
  }
  return all;
};

const placed = <A>(entries: Iterable<readonly [string, A]>): ReadonlyMap<MapKey, A> => {
  const places = new Map<MapKey, A>();
  for (const [key, value] of entries) places.set(placeOf(key), value);
  return places;
};

/** From scratch: a visit to every entry. */
export const domainTries = (state: ChainDomains): DomainTries =>
  new Map(DOMAIN_MAPS.map((map) => [map.name, mapFrom(placed(map.entries(state)))]));

/** After changes; unchanged maps are shared. */
export const updatedTries = (tries: DomainTries, changes: DomainChanges): DomainTries => {
  if (changes.size === 0) return tries;
  const next = new Map(tries);
  for (const [name, changed] of changes) next.set(name, updateMap(tries.get(name) ?? EMPTY_MAP, placed(changed)));
  return next;
};

/** Every entry by map, as it is stored. */
export function* domainEntries(state: ChainDomains): Generator<readonly [map: string, entries: Iterable<EntryBytes>]> {
  for (const map of DOMAIN_MAPS) yield [map.name, map.entries(state)];
}

/**
 * The state with these entries, and which is damaged where one is. Maps that are left out are empty.
 * @param blank holds what no entry does: ports of the chain, such as how possession of a key is verified
 */
export const domainsFrom = (
  blank: ChainDomains,
  entries: ReadonlyMap<string, Iterable<EntryBytes>>,
): Either<string, ChainDomains> => {
  const names = new Set(DOMAIN_MAPS.map(({ name }) => name));
  for (const name of entries.keys())
    if (!names.has(name)) return E.left(`map ${name.slice(0, 64)} is unknown to this release`);
  let state = blank;
  for (const map of DOMAIN_MAPS) {
    const loaded = map.load(state, entries.get(map.name) ?? []);
    if (E.isLeft(loaded)) return loaded;
    state = loaded.right;
  }
  return E.right(state);
};

/** Maps in the order in which changes fit: lists are keyed by what stands in `meta`, which is therefore the last. */
const IN_ORDER_OF_CHANGES = [
  ...DOMAIN_MAPS.filter(({ name }) => name !== 'meta'),
  ...DOMAIN_MAPS.filter(({ name }) => name === 'meta'),
];

/** The state with these entries other, at the cost of them; or which is damaged. */
export const domainsWith = (state: ChainDomains, changes: DomainChanges): Either<string, ChainDomains> => {
  for (const name of changes.keys())
    if (!DOMAIN_MAPS.some((map) => map.name === name))
      return E.left(`map ${name.slice(0, 64)} is unknown to this release`);
  let next = state;
  for (const map of IN_ORDER_OF_CHANGES) {
    const changed = changes.get(map.name);
    if (changed === undefined) continue;
    const applied = map.apply(next, changed);
    if (E.isLeft(applied)) return applied;
    next = applied.right;
  }
  return E.right(next);
};

/** What these changes made of the entries in `tries`, backwards: they give those again. */
export const undone = (tries: DomainTries, changes: DomainChanges): DomainChanges => {
  const all = new Map<string, ReadonlyMap<string, Option<Uint8Array>>>();
  for (const [name, changed] of changes) {
    const trie = tries.get(name) ?? EMPTY_MAP;
    const before = new Map<string, Option<Uint8Array>>();
    for (const key of changed.keys()) before.set(key, getFromMap(trie, placeOf(key)));
    all.set(name, before);
  }
  return all;
};

/** The value of an entry; none: there is no such entry, or no such map. */
export const domainEntry = (state: ChainDomains, name: string, key: string): Option<Uint8Array> => {
  const map = DOMAIN_MAPS.find((each) => each.name === name);
  return map === undefined ? O.none : map.get(state, key);
};
