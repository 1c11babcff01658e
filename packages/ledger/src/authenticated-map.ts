import { taggedHash } from '@zhtp/crypto';
import { equalBytes, hashFromBytes, ZERO_HASH, type Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { assertInvariant, present } from './invariant.ts';
import { ACCOUNT_VALUE_BYTES, accountLeafHash, branchHash, entryLeafHash, VALUE_TAG } from './map-hash.ts';
import { bitAt, firstDifference, PATH_BITS, pathOf, pathOfLeaving, type MapKey } from './trie-path.ts';

/** An entry at its place. `hash` is computed when first asked for; it follows from the rest. */
export interface Leaf {
  readonly _tag: 'Leaf';
  readonly path: Hash;
  readonly key: MapKey;
  readonly value: Uint8Array;
  readonly size: 1;
  hash: Uint8Array | undefined;
}

/** Two non-empty subtrees: all paths below agree before `bit`, those with 0 there are under `zero`, with 1 under `one`. */
export interface Branch {
  readonly _tag: 'Branch';
  readonly bit: number;
  /** The path of some leaf below: its first `bit` bits are everyone's here. */
  readonly anchor: Hash;
  readonly zero: TrieNode;
  readonly one: TrieNode;
  /** Leaves below. */
  readonly size: number;
  hash: Uint8Array | undefined;
}

export type TrieNode = Leaf | Branch;

/**
 * An immutable map from 32-byte keys to bytes with one hash over its contents: a binary radix trie without one-armed
 * branches over hashed keys. The same contents give the same trie and root whatever the order and batches of updates.
 * A new version shares every unchanged subtree, and its hashes, with the old one. Do not write to values.
 */
export interface AuthenticatedMap {
  readonly top: TrieNode | undefined;
}

/** A new value for a key; none removes it. */
export type MapChanges = ReadonlyMap<MapKey, Option<Uint8Array>>;

/** The map without entries. */
export const EMPTY_MAP: AuthenticatedMap = { top: undefined };

/** Root of the map without entries. */
export const EMPTY_MAP_ROOT: Hash = ZERO_HASH;

interface Change {
  readonly path: Hash;
  readonly key: MapKey;
  readonly value: Option<Uint8Array>;
}

const leafOf = (path: Hash, key: MapKey, value: Uint8Array): Leaf => ({
  _tag: 'Leaf',
  path,
  key,
  value,
  size: 1,
  hash: undefined,
});

const anchorOf = (node: TrieNode): Hash => (node._tag === 'Leaf' ? node.path : node.anchor);

const branchOf = (bit: number, zero: TrieNode | undefined, one: TrieNode | undefined): TrieNode | undefined => {
  if (zero === undefined) return one;
  if (one === undefined) return zero;
  return { _tag: 'Branch', bit, anchor: anchorOf(zero), zero, one, size: zero.size + one.size, hash: undefined };
};

/** Part of a sorted list: from `start` up to, not including, `end`. */
interface Span<A> {
  readonly list: readonly A[];
  readonly start: number;
  readonly end: number;
}

const first = <A>({ list, start }: Span<A>): A => present(list[start], 'the first element of a span');
const last = <A>({ list, end }: Span<A>): A => present(list[end - 1], 'the last element of a span');

/** Cuts a span, whose paths agree before `bit`, into those with 0 and those with 1 there. */
const cutAt = <A extends { readonly path: Hash }>({ list, start, end }: Span<A>, bit: number): [Span<A>, Span<A>] => {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bitAt(present(list[middle], 'an element of a span').path, bit) === 0) low = middle + 1;
    else high = middle;
  }
  return [
    { list, start, end: low },
    { list, start: low, end },
  ];
};

const buildFrom = (leaves: Span<Leaf>): TrieNode | undefined => {
  if (leaves.start === leaves.end) return undefined;
  if (leaves.end - leaves.start === 1) return first(leaves);
  const bit = firstDifference(first(leaves).path, last(leaves).path);
  const [zeros, ones] = cutAt(leaves, bit);
  return branchOf(bit, buildFrom(zeros), buildFrom(ones));
};

const sortedByPath = <A extends { readonly path: Hash }>(list: A[]): A[] =>
  list.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

/** The subtree of the changes alone, beside an existing leaf where they meet one. */
const build = (changes: Span<Change>, existing: Leaf | undefined): TrieNode | undefined => {
  const leaves: Leaf[] = [];
  let keep = existing;
  for (let i = changes.start; i < changes.end; i++) {
    const { path, key, value } = present(changes.list[i], 'a change');
    const replaces = existing !== undefined && existing.path === path;
    if (replaces) keep = undefined;
    if (O.isSome(value))
      leaves.push(replaces && equalBytes(existing.value, value.value) ? existing : leafOf(path, key, value.value));
  }
  if (keep !== undefined) {
    leaves.push(keep);
    sortedByPath(leaves);
  }
  return buildFrom({ list: leaves, start: 0, end: leaves.length });
};

const merge = (node: TrieNode | undefined, changes: Span<Change>): TrieNode | undefined => {
  if (changes.start === changes.end) return node;
  if (node === undefined || node._tag === 'Leaf') return build(changes, node);
  // Sorted paths that agree with the anchor at both ends of the span agree with it in between.
  const ofFirst = firstDifference(first(changes).path, node.anchor);
  const isOne = changes.end - changes.start === 1;
  const apart = isOne ? ofFirst : Math.min(ofFirst, firstDifference(last(changes).path, node.anchor));
  if (apart >= node.bit) {
    const [zeros, ones] = cutAt(changes, node.bit);
    const zero = merge(node.zero, zeros);
    const one = merge(node.one, ones);
    return zero === node.zero && one === node.one ? node : branchOf(node.bit, zero, one);
  }
  const [zeros, ones] = cutAt(changes, apart);
  return bitAt(node.anchor, apart) === 0
    ? branchOf(apart, merge(node, zeros), build(ones, undefined))
    : branchOf(apart, build(zeros, undefined), merge(node, ones));
};

/** The map with all changes applied; the given map stays as it was. */
export const updateMap = (map: AuthenticatedMap, changes: MapChanges): AuthenticatedMap => {
  const list: Change[] = [];
  for (const [key, value] of changes)
    list.push({ path: O.isSome(value) ? pathOf(key) : pathOfLeaving(key), key, value });
  const top = merge(map.top, { list: sortedByPath(list), start: 0, end: list.length });
  return top === map.top ? map : { top };
};

/** A map of these entries; of entries with the same key the last one stays. */
export const mapFrom = (entries: Iterable<readonly [MapKey, Uint8Array]>): AuthenticatedMap => {
  const changes = new Map<MapKey, Option<Uint8Array>>();
  for (const [key, value] of entries) changes.set(key, O.some(value));
  return updateMap(EMPTY_MAP, changes);
};

/** The leaf where the walk along a path ends; undefined in the empty map. `visit` sees the branches on the way. */
export const walk = (map: AuthenticatedMap, path: Hash, visit?: (branch: Branch) => void): Leaf | undefined => {
  let node = map.top;
  while (node !== undefined && node._tag === 'Branch') {
    visit?.(node);
    node = bitAt(path, node.bit) === 0 ? node.zero : node.one;
  }
  return node;
};

/** The value under a key. */
export const getFromMap = (map: AuthenticatedMap, key: MapKey): Option<Uint8Array> => {
  const leaf = walk(map, pathOf(key));
  return leaf !== undefined && leaf.key === key ? O.some(leaf.value) : O.none;
};

/** How many entries the map has. */
export const mapSize = (map: AuthenticatedMap): number => map.top?.size ?? 0;

/** All entries, in the order of their paths: the same on every machine. */
export function* mapEntries(map: AuthenticatedMap): Generator<readonly [MapKey, Uint8Array]> {
  const open: TrieNode[] = map.top === undefined ? [] : [map.top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node._tag === 'Leaf') yield [node.key, node.value];
    else open.push(node.one, node.zero);
  }
}

const isBefore = (node: TrieNode, path: Hash): boolean => {
  const apart = firstDifference(anchorOf(node), path);
  return apart < (node._tag === 'Leaf' ? PATH_BITS : node.bit) && bitAt(path, apart) === 1;
};

/** Entries in the order of their paths, from the first one whose path is not below `path` on. */
export function* leavesFrom(map: AuthenticatedMap, path: Hash): Generator<Leaf> {
  const open: TrieNode[] = map.top === undefined ? [] : [map.top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isBefore(node, path)) continue;
    if (node._tag === 'Leaf') yield node;
    else open.push(node.one, node.zero);
  }
}

/** Hash of a value alone: what an absence proof shows of someone else's entry. */
export const hashOfValue = (value: Uint8Array): Hash => taggedHash(VALUE_TAG, value);

const hashOfLeaf = ({ path, value }: Leaf): Uint8Array =>
  value.length === ACCOUNT_VALUE_BYTES ? accountLeafHash(path, value) : entryLeafHash(path, value);

/** Hash of a subtree; only what changed since it was last asked for is computed. */
export const hashOfNode = (node: TrieNode): Uint8Array => {
  node.hash ??=
    node._tag === 'Leaf' ? hashOfLeaf(node) : branchHash(node.bit, hashOfNode(node.zero), hashOfNode(node.one));
  return node.hash;
};

/** 32 bytes of our own hashing as a {@link Hash}. */
export const hashOfBytes = (digest: Uint8Array): Hash => {
  const hash = hashFromBytes(digest);
  assertInvariant(E.isRight(hash), 'a digest has 32 bytes');
  return hash.right;
};

/** The one hash over all entries. Cost: proportional to what changed since the version it was last taken of. */
export const mapRoot = (map: AuthenticatedMap): Hash =>
  map.top === undefined ? EMPTY_MAP_ROOT : hashOfBytes(hashOfNode(map.top));
