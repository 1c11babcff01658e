/**
 * Four bytes of an array, big-endian, as the signed number that `DataView.getInt32` reads there: for short messages, where
 * the view would cost more than all that is read through it.
 */
export const int32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);

/** The same, unsigned. */
export const uint32At = (bytes: Uint8Array, at: number): number => int32At(bytes, at) >>> 0;
