/**
 * A persistent map in ascending key order: every change makes a new map that shares all but O(log n) of the old one. So a
 * transition costs what it touches, earlier states stay readable, and iteration has one order on every node.
 * An AVL tree: its shape never reaches output, only keys and values do.
 */
export interface OrderedMap<K extends string, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  with(key: K, value: V): OrderedMap<K, V>;
  without(key: K): OrderedMap<K, V>;
  /** In key order. */
  entries(): Generator<readonly [K, V], void>;
  values(): Generator<V, void>;
  /** Keys that start with this text, in order, without looking at the others. */
  startingWith(prefix: string): Generator<readonly [K, V], void>;
}

interface Node<K extends string, V> {
  readonly key: K;
  readonly value: V;
  readonly low: Tree<K, V>;
  readonly high: Tree<K, V>;
  readonly depth: number;
  readonly size: number;
}
type Tree<K extends string, V> = Node<K, V> | undefined;

const depthOf = (tree: Tree<string, unknown>): number => tree?.depth ?? 0;
const sizeOf = (tree: Tree<string, unknown>): number => tree?.size ?? 0;

const node = <K extends string, V>(key: K, value: V, low: Tree<K, V>, high: Tree<K, V>): Node<K, V> => ({
  key,
  value,
  low,
  high,
  depth: 1 + Math.max(depthOf(low), depthOf(high)),
  size: 1 + sizeOf(low) + sizeOf(high),
});

/** A node over subtrees whose depths differ by two at most, rotated where they differ by two. */
const balanced = <K extends string, V>(key: K, value: V, low: Tree<K, V>, high: Tree<K, V>): Node<K, V> => {
  const lean = depthOf(low) - depthOf(high);
  if (lean > 1 && low !== undefined) {
    const { low: outer, high: inner } = low;
    if (inner === undefined || depthOf(outer) >= depthOf(inner))
      return node(low.key, low.value, outer, node(key, value, inner, high));
    return node(inner.key, inner.value, node(low.key, low.value, outer, inner.low), node(key, value, inner.high, high));
  }
  if (lean < -1 && high !== undefined) {
    const { low: inner, high: outer } = high;
    if (inner === undefined || depthOf(outer) >= depthOf(inner))
      return node(high.key, high.value, node(key, value, low, inner), outer);
    return node(
      inner.key,
      inner.value,
      node(key, value, low, inner.low),
      node(high.key, high.value, inner.high, outer),
    );
  }
  return node(key, value, low, high);
};

const inserted = <K extends string, V>(tree: Tree<K, V>, key: K, value: V): Node<K, V> => {
  if (tree === undefined) return node(key, value, undefined, undefined);
  if (key < tree.key) return balanced(tree.key, tree.value, inserted(tree.low, key, value), tree.high);
  if (key > tree.key) return balanced(tree.key, tree.value, tree.low, inserted(tree.high, key, value));
  return node(key, value, tree.low, tree.high);
};

const firstOf = <K extends string, V>(tree: Node<K, V>): Node<K, V> =>
  tree.low === undefined ? tree : firstOf(tree.low);

const removed = <K extends string, V>(tree: Tree<K, V>, key: K): Tree<K, V> => {
  if (tree === undefined) return undefined;
  if (key < tree.key) return balanced(tree.key, tree.value, removed(tree.low, key), tree.high);
  if (key > tree.key) return balanced(tree.key, tree.value, tree.low, removed(tree.high, key));
  if (tree.low === undefined) return tree.high;
  if (tree.high === undefined) return tree.low;
  const successor = firstOf(tree.high);
  return balanced(successor.key, successor.value, tree.low, removed(tree.high, successor.key));
};

/** From the first key that is not below `from`, in order. */
function* walk<K extends string, V>(tree: Tree<K, V>, from: string): Generator<readonly [K, V], void> {
  const path: Node<K, V>[] = [];
  let at = tree;
  for (;;) {
    while (at !== undefined) {
      if (at.key < from) {
        at = at.high;
        continue;
      }
      path.push(at);
      at = at.low;
    }
    const next = path.pop();
    if (next === undefined) return;
    yield [next.key, next.value];
    at = next.high;
  }
}

const over = <K extends string, V>(tree: Tree<K, V>): OrderedMap<K, V> => {
  // A key of another type than the declared one, from a caller without types, is simply not there.
  const find = (key: unknown): Tree<K, V> => {
    if (typeof key !== 'string') return undefined;
    let at = tree;
    while (at !== undefined && at.key !== key) at = key < at.key ? at.low : at.high;
    return at;
  };
  return {
    size: sizeOf(tree),
    get: (key) => find(key)?.value,
    has: (key) => find(key) !== undefined,
    with: (key, value) => over(inserted(tree, key, value)),
    without: (key) => (find(key) === undefined ? over(tree) : over(removed(tree, key))),
    entries: () => walk(tree, ''),
    *values() {
      for (const [, value] of walk(tree, '')) yield value;
    },
    *startingWith(prefix) {
      for (const entry of walk(tree, prefix)) {
        if (!entry[0].startsWith(prefix)) return;
        yield entry;
      }
    },
  };
};

/** A map without entries. */
export const emptyMap = <K extends string, V>(): OrderedMap<K, V> => over<K, V>(undefined);
