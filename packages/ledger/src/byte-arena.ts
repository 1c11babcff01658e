const CHUNK_BYTES = 32 * 1024;
/** Longer ones get an array of their own. */
const CUT_BYTES_MAX = 2 * 1024;

let chunk = new Uint8Array(0);
let used = 0;

/**
 * Bytes that are written to once and let go soon, cut from memory for many: an array of its own of more than 64 bytes costs the
 * runtime more than filling it. A chunk stays for as long as anything cut from it does.
 */
export const cutBytes = (length: number): Uint8Array => {
  if (length > CUT_BYTES_MAX) return new Uint8Array(length);
  if (used + length > chunk.length) {
    chunk = new Uint8Array(CHUNK_BYTES);
    used = 0;
  }
  const from = used;
  used += length;
  return chunk.subarray(from, used);
};
