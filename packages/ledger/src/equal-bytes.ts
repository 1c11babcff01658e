/** True when both hold the same bytes. Public values only: the time it takes depends on them. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
