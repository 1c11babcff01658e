import { taggedHash } from '@zhtp/crypto';
import { encode, encodeUtf8, equalBytes, hashToBytes, u64, type StateChange } from '@zhtp/types';

const CHECKSUM_BYTES = 32;

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

const checksumOf = (encoded: Uint8Array): Uint8Array => hashToBytes(taggedHash('zhtp/ledger-row/v1', encoded));

/** What no app hash covers stands behind a checksum of its own. */
export const checked = (encoded: Uint8Array): Uint8Array => joined(checksumOf(encoded), encoded);

/** What stands behind the checksum; undefined: it is damaged. */
export const uncheck = (row: Uint8Array): Uint8Array | undefined => {
  const encoded = row.slice(CHECKSUM_BYTES);
  return equalBytes(row.slice(0, CHECKSUM_BYTES), checksumOf(encoded)) ? encoded : undefined;
};
