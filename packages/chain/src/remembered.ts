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
