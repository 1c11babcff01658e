import { changesBetween, type MapChange } from './avl-changes.ts';
import { builtFrom, inserted, removed, replacedAll, sizeOf, walk, type Tree } from './avl-tree.ts';

/**
 * A persistent map in ascending key order: every change makes a new map that shares all but O(log n) of the old one. So a
 * transition costs what it touches, earlier states stay readable, and iteration has one order on every node.
 */
export class OrderedMap<K extends string, V> implements Iterable<readonly [K, V]> {
  readonly #tree: Tree<K, V>;

  private constructor(tree: Tree<K, V>) {
    this.#tree = tree;
  }

  static empty<K extends string, V>(): OrderedMap<K, V> {
    return new OrderedMap<K, V>(undefined);
  }

  /** Of entries with the same key the last one stays. Faster when the keys rise. */
  static of<K extends string, V>(entries: Iterable<readonly [K, V]>): OrderedMap<K, V> {
    const list = [...entries];
    const rising = list.every(([key], i) => i === 0 || (list[i - 1]?.[0] ?? '') < key);
    if (rising) return new OrderedMap(builtFrom(list));
    let tree: Tree<K, V> = undefined;
    for (const [key, value] of list) tree = inserted(tree, key, value);
    return new OrderedMap(tree);
  }

  get size(): number {
    return sizeOf(this.#tree);
  }

  get(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  has(key: K): boolean {
    return this.#find(key) !== undefined;
  }

  with(key: K, value: V): OrderedMap<K, V> {
    return new OrderedMap(inserted(this.#tree, key, value));
  }

  /** As {@link with} for each entry; of one key the last one stays. Faster when the keys rise and are there already. */
  withAll(entries: readonly (readonly [K, V])[]): OrderedMap<K, V> {
    if (entries.length === 0) return this;
    const rising = entries.every(([key], i) => i === 0 || (entries[i - 1]?.[0] ?? '') < key);
    const others: (readonly [K, V])[] = [];
    let tree = rising ? replacedAll(this.#tree, entries, others) : this.#tree;
    for (const [key, value] of rising ? others : entries) tree = inserted(tree, key, value);
    return new OrderedMap(tree);
  }

  without(key: K): OrderedMap<K, V> {
    return this.#find(key) === undefined ? this : new OrderedMap(removed(this.#tree, key));
  }

  /** In key order. */
  entries(): Generator<readonly [K, V], void> {
    return walk(this.#tree, '');
  }

  *values(): Generator<V, void> {
    for (const [, value] of walk(this.#tree, '')) yield value;
  }

  [Symbol.iterator](): Generator<readonly [K, V], void> {
    return this.entries();
  }

  /**
   * Keys that start with this text, in order, without looking at the others.
   * @param from the first of them that is wanted, itself starting with the text
   */
  *startingWith(prefix: string, from: string = prefix): Generator<readonly [K, V], void> {
    for (const entry of walk(this.#tree, from)) {
      if (!entry[0].startsWith(prefix)) return;
      yield entry;
    }
  }

  /**
   * What this version has other than an earlier one, in key order. Costs what changed between the two, whatever their size:
   * values are compared as `===` does.
   */
  changesSince(earlier: OrderedMap<K, V>): Generator<MapChange<K, V>, void> {
    return changesBetween(earlier.#tree, this.#tree);
  }

  // A key of another type than the declared one, from a caller without types, is simply not there.
  #find(key: unknown): Tree<K, V> {
    if (typeof key !== 'string') return undefined;
    let at = this.#tree;
    while (at !== undefined && at.key !== key) at = key < at.key ? at.low : at.high;
    return at;
  }
}

/** A map without entries. */
export const emptyMap = <K extends string, V>(): OrderedMap<K, V> => OrderedMap.empty<K, V>();
