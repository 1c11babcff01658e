import { bytesToHex, digitAt, putHex } from './hex.ts';
import { int32At } from './int32-at.ts';

/*
 * The same identities and ids come again in message after message. A string made anew each time has to be formatted,
 * hashed and compared character by character wherever it is looked up; the one made first has only to be found.
 */

/** A power of two. Ids that fall on one slot displace each other, which costs time and nothing else. */
const SLOTS = 4_096;
const WORDS = 8;

const words = new Int32Array(SLOTS * WORDS);
const strings: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

const intern = (slot: number, hex: string, bytes: Uint8Array, at: number): void => {
  for (let word = 0; word < WORDS; word++) words[slot * WORDS + word] = int32At(bytes, at + 4 * word);
  strings[slot] = hex;
};

/** Lowercase hex of 32 bytes at `at`: a function of the bytes that mostly answers with a string it answered with before. */
export const internedHex32 = (bytes: Uint8Array, at: number): string => {
  const slot = (int32At(bytes, at) ^ int32At(bytes, at + 28)) & (SLOTS - 1);
  const known = strings[slot];
  const first = slot * WORDS;
  if (known !== undefined) {
    let word = 0;
    while (word < WORDS && words[first + word] === int32At(bytes, at + 4 * word)) word += 1;
    if (word === WORDS) return known;
  }
  const hex = bytesToHex(bytes.subarray(at, at + 32));
  intern(slot, hex, bytes, at);
  return hex;
};

/** Where {@link internedHex32} looks, by the digits of the same three half bytes at either end. */
const slotOfDigits = (hex: string): number =>
  (((digitAt(hex, 5) ^ digitAt(hex, 61)) << 8) |
    ((digitAt(hex, 6) ^ digitAt(hex, 62)) << 4) |
    (digitAt(hex, 7) ^ digitAt(hex, 63))) &
  (SLOTS - 1);

/** Whether 64 characters are a string of these, which all are lowercase hex; false says nothing. */
export const isInternedHex32 = (hex: string): boolean => strings[slotOfDigits(hex)] === hex;

/** As `putHex`, of 64 digits, mostly without reading them. `view` is of `bytes`. */
export const putInternedHex32 = (bytes: Uint8Array, view: DataView, at: number, hex: string): boolean => {
  const slot = slotOfDigits(hex);
  if (strings[slot] === hex) {
    for (let word = 0; word < WORDS; word++) view.setInt32(at + 4 * word, words[slot * WORDS + word] ?? 0);
    return true;
  }
  if (!putHex(bytes, at, hex)) return false;
  intern(slot, hex, bytes, at);
  return true;
};
