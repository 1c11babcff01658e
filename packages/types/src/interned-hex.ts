import { bytesToHex } from './hex.ts';

/*
 * The same identities and ids come again in message after message. A string made anew each time has to be formatted,
 * hashed and compared character by character wherever it is looked up; the one made first has only to be found.
 */

/** A power of two. Ids that fall on one slot displace each other, which costs time and nothing else. */
const SLOTS = 4_096;
const WORDS = 8;

const words = new Int32Array(SLOTS * WORDS);
const strings: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

/** Lowercase hex of 32 bytes at `at`: a function of the bytes that mostly answers with a string it answered with before. */
export const internedHex32 = (bytes: Uint8Array, view: DataView, at: number): string => {
  const slot = (view.getInt32(at) ^ view.getInt32(at + 28)) & (SLOTS - 1);
  const known = strings[slot];
  const first = slot * WORDS;
  if (known !== undefined) {
    let word = 0;
    while (word < WORDS && words[first + word] === view.getInt32(at + 4 * word)) word += 1;
    if (word === WORDS) return known;
  }
  const hex = bytesToHex(bytes.subarray(at, at + 32));
  for (let word = 0; word < WORDS; word++) words[first + word] = view.getInt32(at + 4 * word);
  strings[slot] = hex;
  return hex;
};
