/**
 * What callers without types, or with hostile input, may pass anywhere: nothing of it is an amount, a height, a name or an
 * object with named fields. Tests add what is hostile to their own functions.
 */
export const HOSTILE_VALUES: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  -1,
  0.5,
  2 ** 53 + 1,
  -1n,
  2n ** 64n,
  2n ** 4_000n,
  'x'.repeat(1_000_000),
  null,
  true,
  Symbol('hostile'),
  () => 1,
];
