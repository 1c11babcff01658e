/**
 * A function of an immutable object, computed once for each: a node asks for the id of one header a dozen times. What is
 * remembered goes with the object; an equal object is computed anew.
 */
export const remembered = <A extends object, B extends string>(compute: (of: A) => B): ((of: A) => B) => {
  const known = new WeakMap<A, B>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const result = compute(of);
    known.set(of, result);
    return result;
  };
};

/**
 * The same for objects that are asked about once or twice in a row: the last one alone is remembered, which costs nothing,
 * where to enter an object among the known ones costs as much as to hash it. It stays in memory until the next.
 */
export const rememberedLast = <A extends object, B extends string>(compute: (of: A) => B): ((of: A) => B) => {
  let last: { readonly of: A; readonly result: B } | undefined;
  return (of) => {
    if (last?.of !== of) last = { of, result: compute(of) };
    return last.result;
  };
};
