/** A key of 64 lowercase hex characters. */
type Hex32 = string;

interface Leaf<V> {
  readonly _tag: 'Leaf';
  readonly key: Hex32;
  readonly value: V;
}

type Children<V> = readonly (Node<V> | undefined)[];

interface Branch<V> {
  readonly _tag: 'Branch';
  /** By the next hex digit. */
  readonly children: Children<V>;
}

type Node<V> = Leaf<V> | Branch<V>;

const DIGITS = 16;
const EMPTY: Children<never> = Array.from({ length: DIGITS }, () => undefined);
const emptyChildren = <V>(): Children<V> => EMPTY;

/** The value of the hex digit at `depth`. */
const digitOf = (key: Hex32, depth: number): number => {
  const code = key.charCodeAt(depth);
  return code < 58 ? code - 48 : code - 87;
};

const branch = <V>(children: Children<V>): Branch<V> => ({ _tag: 'Branch', children });

const insert = <V>(node: Node<V> | undefined, leaf: Leaf<V>, depth: number): Node<V> => {
  if (node === undefined || (node._tag === 'Leaf' && node.key === leaf.key)) return leaf;
  const children: Children<V> =
    node._tag === 'Branch' ? node.children : emptyChildren<V>().with(digitOf(node.key, depth), node);
  const digit = digitOf(leaf.key, depth);
  return branch(children.with(digit, insert(children[digit], leaf, depth + 1)));
};

/** A branch with no child is nothing, and one with a single leaf is that leaf. */
const shrunk = <V>(children: Children<V>): Node<V> | undefined => {
  const left = children.filter((child) => child !== undefined);
  const [only] = left;
  return only === undefined || (left.length === 1 && only._tag === 'Leaf') ? only : branch(children);
};

const withoutKey = <V>(node: Node<V> | undefined, key: Hex32, depth: number): Node<V> | undefined => {
  if (node === undefined) return undefined;
  if (node._tag === 'Leaf') return node.key === key ? undefined : node;
  const digit = digitOf(key, depth);
  const child = node.children[digit];
  const next = withoutKey(child, key, depth + 1);
  return next === child ? node : shrunk(node.children.with(digit, next));
};

function* leaves<V>(node: Node<V> | undefined): Generator<readonly [Hex32, V]> {
  if (node === undefined) return;
  if (node._tag === 'Leaf') yield [node.key, node.value];
  else for (const child of node.children) yield* leaves(child);
}

/** An entry that two versions of a map do not agree on; undefined where one of them has none. */
export interface HexMapChange<V> {
  readonly key: Hex32;
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** Subtrees that both versions share are passed over: the cost follows the changes, whatever the size. */
function* changesBetween<V>(before: Node<V> | undefined, after: Node<V> | undefined): Generator<HexMapChange<V>> {
  if (before === after) return;
  if (before?._tag === 'Branch' && after?._tag === 'Branch') {
    for (let digit = 0; digit < DIGITS; digit++) yield* changesBetween(before.children[digit], after.children[digit]);
    return;
  }
  // At most one side is a branch: all below this place but a single entry differs.
  const old = new Map(leaves(before));
  const changed: HexMapChange<V>[] = [];
  for (const [key, value] of leaves(after)) {
    const previous = old.get(key);
    old.delete(key);
    if (previous !== value) changed.push({ key, before: previous, after: value });
  }
  for (const [key, value] of old) changed.push({ key, before: value, after: undefined });
  yield* changed.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * An immutable map keyed by hashes or identities: a trie over their hex digits. A change costs a few small arrays whatever
 * the size, versions share what they have in common, and iteration is in key order, so that no order of insertion can
 * reach state or output.
 */
export class HexMap<K extends Hex32, V> implements Iterable<readonly [Hex32, V]> {
  readonly #root: Node<V> | undefined;
  readonly size: number;

  private constructor(root: Node<V> | undefined, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<K extends Hex32, V>(): HexMap<K, V> {
    return new HexMap<K, V>(undefined, 0);
  }

  /** Of entries with the same key the last one stays. */
  static of<K extends Hex32, V>(entries: Iterable<readonly [K, V]>): HexMap<K, V> {
    let map = HexMap.empty<K, V>();
    for (const [key, value] of entries) map = map.with(key, value);
    return map;
  }

  get(key: K): V | undefined {
    let node = this.#root;
    for (let depth = 0; node !== undefined; depth++) {
      if (node._tag === 'Leaf') return node.key === key ? node.value : undefined;
      node = node.children[digitOf(key, depth)];
    }
    return undefined;
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  with(key: K, value: V): HexMap<K, V> {
    const root = insert(this.#root, { _tag: 'Leaf', key, value }, 0);
    return new HexMap<K, V>(root, this.has(key) ? this.size : this.size + 1);
  }

  without(key: K): HexMap<K, V> {
    return this.has(key) ? new HexMap<K, V>(withoutKey(this.#root, key, 0), this.size - 1) : this;
  }

  /** Without so many of the first entries, in key order. */
  withoutFirst(count: number): HexMap<K, V> {
    let root = this.#root;
    let gone = 0;
    for (const [key] of leaves(this.#root)) {
      if (gone >= count) break;
      root = withoutKey(root, key, 0);
      gone += 1;
    }
    return new HexMap<K, V>(root, this.size - gone);
  }

  /** In key order. */
  *values(): Generator<V> {
    for (const [, value] of leaves(this.#root)) yield value;
  }

  /** In key order. */
  [Symbol.iterator](): Generator<readonly [Hex32, V]> {
    return leaves(this.#root);
  }

  /**
   * What this version has other than an earlier one, in key order. Costs what changed between the two, whatever their size: values are
   * compared as `===` does.
   */
  changesSince(earlier: HexMap<K, V>): Generator<HexMapChange<V>> {
    return changesBetween(earlier.#root, this.#root);
  }
}
