/** Stops loudly: the state reached here is one that no sequence of blocks may reach. Never used for anything a transaction can cause. */
export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant in ledger: ${message}`);
}

/** The value that must be there. */
export const present = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Error(`broken invariant in ledger: ${what} is missing`);
  return value;
};
