/*
 * Signed messages are short and many, and an array of its own for each costs more than to fill it. So they are parts of
 * larger ones, none of which is written to twice; a message keeps its neighbours in memory for as long as it is checked.
 */

const SHARED_BYTES = 8_192;

let memory = new Uint8Array(SHARED_BYTES);
let used = 0;

/** So many zero bytes for a message. */
export const messageMemory = (length: number): Uint8Array => {
  if (length > SHARED_BYTES) return new Uint8Array(length);
  if (used + length > SHARED_BYTES) {
    memory = new Uint8Array(SHARED_BYTES);
    used = 0;
  }
  const message = memory.subarray(used, used + length);
  used += length;
  return message;
};
