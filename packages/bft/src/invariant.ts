/** Stops loudly: the state reached here is one that no sequence of inputs may reach. Never used for anything a peer can cause. */
export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant in bft: ${message}`);
}
