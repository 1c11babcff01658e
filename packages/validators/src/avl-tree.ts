/** Part of a persistent AVL tree. It never changes: versions of a tree share the nodes they have in common. */
export interface Node<K extends string, V> {
  readonly key: K;
  readonly value: V;
  readonly low: Tree<K, V>;
  readonly high: Tree<K, V>;
  readonly depth: number;
  readonly size: number;
}
export type Tree<K extends string, V> = Node<K, V> | undefined;

const depthOf = (tree: Tree<string, unknown>): number => tree?.depth ?? 0;
export const sizeOf = (tree: Tree<string, unknown>): number => tree?.size ?? 0;

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

/** The tree with this value under this key. */
export const inserted = <K extends string, V>(tree: Tree<K, V>, key: K, value: V): Node<K, V> => {
  if (tree === undefined) return node(key, value, undefined, undefined);
  if (key < tree.key) return balanced(tree.key, tree.value, inserted(tree.low, key, value), tree.high);
  if (key > tree.key) return balanced(tree.key, tree.value, tree.low, inserted(tree.high, key, value));
  return node(key, value, tree.low, tree.high);
};

/** Where a key stands, or would stand, in a part of rising entries. */
const placeIn = <K extends string, V>(
  rising: readonly (readonly [K, V])[],
  start: number,
  end: number,
  key: K,
): number => {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle]?.[0] ?? key) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The tree with these values under keys that it has, in one walk: each node on the way is made once, however many of them are
 * below it.
 * @param rising entries in key order, no key twice
 * @param missing takes those whose keys it does not have
 */
export const replacedAll = <K extends string, V>(
  tree: Tree<K, V>,
  rising: readonly (readonly [K, V])[],
  missing: (readonly [K, V])[],
  start = 0,
  end = rising.length,
): Tree<K, V> => {
  if (start === end) return tree;
  if (tree === undefined) {
    missing.push(...rising.slice(start, end));
    return undefined;
  }
  const at = placeIn(rising, start, end, tree.key);
  const own = at < end ? rising[at] : undefined;
  const isThere = own?.[0] === tree.key;
  return {
    key: tree.key,
    value: own !== undefined && isThere ? own[1] : tree.value,
    low: replacedAll(tree.low, rising, missing, start, at),
    high: replacedAll(tree.high, rising, missing, isThere ? at + 1 : at, end),
    depth: tree.depth,
    size: tree.size,
  };
};

const firstOf = <K extends string, V>(tree: Node<K, V>): Node<K, V> =>
  tree.low === undefined ? tree : firstOf(tree.low);

/** The tree without this key. */
export const removed = <K extends string, V>(tree: Tree<K, V>, key: K): Tree<K, V> => {
  if (tree === undefined) return undefined;
  if (key < tree.key) return balanced(tree.key, tree.value, removed(tree.low, key), tree.high);
  if (key > tree.key) return balanced(tree.key, tree.value, tree.low, removed(tree.high, key));
  if (tree.low === undefined) return tree.high;
  if (tree.high === undefined) return tree.low;
  const successor = firstOf(tree.high);
  return balanced(successor.key, successor.value, tree.low, removed(tree.high, successor.key));
};

/** From the first key that is not below `from`, in order. */
export function* walk<K extends string, V>(tree: Tree<K, V>, from: string): Generator<readonly [K, V], void> {
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

/** A tree over entries in rising key order, as flat as it can be, in one pass over them. */
export const builtFrom = <K extends string, V>(
  rising: readonly (readonly [K, V])[],
  start = 0,
  end = rising.length,
): Tree<K, V> => {
  const middle = (start + end) >> 1;
  const entry = start < end ? rising[middle] : undefined;
  if (entry === undefined) return undefined;
  const [key, value] = entry;
  return node(key, value, builtFrom(rising, start, middle), builtFrom(rising, middle + 1, end));
};
