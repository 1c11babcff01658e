/** Byte strings one after the other in one new array. */
export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
};

/** Room for what is hashed at once; longer input gets an array of its own. */
const scratch = new Uint8Array(16 * 1024);

/**
 * {@link joinBytes} for what is hashed before this is called again: short input lies in memory that every call reuses,
 * since an array of more than 64 bytes costs the runtime more than hashing it.
 */
export const joinToHash = (parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > scratch.length) return joinBytes(parts);
  let offset = 0;
  for (const part of parts) {
    scratch.set(part, offset);
    offset += part.length;
  }
  return scratch.subarray(0, length);
};

/** Equal length and content, without an early exit: usable on secrets. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};
