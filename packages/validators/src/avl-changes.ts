import type { Node, Tree } from './avl-tree.ts';

/** An entry that two versions of a map do not agree on; undefined where one of them has none. */
export interface MapChange<K extends string, V> {
  readonly key: K;
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** What is left of a tree in key order, the next part last: whole subtrees, or nodes whose low side has been passed. */
type Rest<K extends string, V> = Part<K, V>[];
type Part<K extends string, V> = { readonly node: Node<K, V>; readonly whole: boolean };

/** Cuts the next subtree into its low side, its node and its high side. */
const open = <K extends string, V>(rest: Rest<K, V>, { node }: Part<K, V>): void => {
  rest.pop();
  if (node.high !== undefined) rest.push({ node: node.high, whole: true });
  rest.push({ node, whole: false });
  if (node.low !== undefined) rest.push({ node: node.low, whole: true });
};

const restOf = <K extends string, V>(tree: Tree<K, V>): Rest<K, V> =>
  tree === undefined ? [] : [{ node: tree, whole: true }];

/**
 * What differs between two versions of a tree, in key order. Two cursors walk abreast and pass over a subtree that both
 * stand before without looking into it, so the cost follows the changes between the versions and not their size.
 * @param visited is told of every node that is looked at
 */
export function* changesBetween<K extends string, V>(
  before: Tree<K, V>,
  after: Tree<K, V>,
  visited?: () => void,
): Generator<MapChange<K, V>, void> {
  const old = restOf(before);
  const now = restOf(after);
  for (;;) {
    const a = old.at(-1);
    const b = now.at(-1);
    if (a === undefined && b === undefined) return;
    visited?.();
    if (a !== undefined && b !== undefined && a.node === b.node && a.whole === b.whole) {
      old.pop();
      now.pop();
    } else if (a?.whole === true && (b?.whole !== true || a.node.depth > b.node.depth)) open(old, a);
    else if (b?.whole === true && (a?.whole !== true || b.node.depth > a.node.depth)) open(now, b);
    else if (a?.whole === true && b?.whole === true) {
      open(old, a);
      open(now, b);
    } else if (b === undefined || (a !== undefined && a.node.key < b.node.key)) {
      old.pop();
      if (a !== undefined) yield { key: a.node.key, before: a.node.value, after: undefined };
    } else if (a === undefined || b.node.key < a.node.key) {
      now.pop();
      yield { key: b.node.key, before: undefined, after: b.node.value };
    } else {
      old.pop();
      now.pop();
      if (a.node.value !== b.node.value) yield { key: b.node.key, before: a.node.value, after: b.node.value };
    }
  }
}
