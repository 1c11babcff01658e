import { encode, encodeFor, encodeUtf8, equalBytes, u64, type Codec, type StateChange } from '@zhtp/types';
import { cutBytes } from '../byte-arena.ts';
import { taggedDigestInto } from '../tagged-digest.ts';

const CHECKSUM_BYTES = 32;
const NO_BYTES: Uint8Array = new Uint8Array(0);

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

export const putRow = (key: Uint8Array, value: Uint8Array): StateChange => ({ _tag: 'Put', key, value });
export const deleteRow = (key: Uint8Array): StateChange => ({ _tag: 'Delete', key });

const encodeNumber = encode(u64);

/** Keys of rows by number, in the order of the numbers. */
export const numberedKey = (prefix: string): ((number: bigint) => Uint8Array) => {
  const start = encodeUtf8(prefix);
  return (number) => joined(start, encodeNumber(number));
};

/**
 * Writes rows of what no app hash covers: `head`, a checksum of the encoding, the encoding. In memory for many rows, since a
 * store takes them over at once.
 */
export const checksummedRows = <A>(codec: Codec<A>, tag: string, head = NO_BYTES): ((value: A) => Uint8Array) => {
  const encodeInto = encodeFor(codec);
  const checksum = taggedDigestInto(tag);
  const start = head.length + CHECKSUM_BYTES;
  return (value) => {
    let row = NO_BYTES;
    encodeInto(value, (encoded) => {
      row = cutBytes(start + encoded.length);
      row.set(head);
      checksum(encoded, row, head.length);
      row.set(encoded, start);
    });
    return row;
  };
};

const ROW_TAG = 'zhtp/ledger-row/v1';
const checksumInto = taggedDigestInto(ROW_TAG);

/** Rows without a head. */
export const checkedRows = <A>(codec: Codec<A>): ((value: A) => Uint8Array) => checksummedRows(codec, ROW_TAG);

/** What stands behind the checksum; undefined: it is damaged. */
export const uncheck = (row: Uint8Array): Uint8Array | undefined => {
  const encoded = row.slice(CHECKSUM_BYTES);
  const own = new Uint8Array(CHECKSUM_BYTES);
  checksumInto(encoded, own, 0);
  return equalBytes(row.slice(0, CHECKSUM_BYTES), own) ? encoded : undefined;
};
