import { sha256, sha256Into } from '@zhtp/crypto';
import { encodeUtf8, type Hash } from '@zhtp/types';
import { taggedDigestInto } from './tagged-digest.ts';

/**
 * The tagged hash of `@zhtp/crypto` (BIP-340: SHA-256 of SHA-256(tag) twice, then the parts) for parts of fixed lengths,
 * from and to raw bytes in one reused buffer: a root is thousands of these, and joining and formatting cost as much as hashing.
 */
const fixedTaggedHash = (tag: string, length: number) => {
  const digest = sha256(encodeUtf8(tag));
  const buffer = new Uint8Array(64 + length);
  buffer.set(digest);
  buffer.set(digest, 32);
  return {
    buffer,
    digest: (): Uint8Array => sha256(buffer),
    digestInto: (target: Uint8Array, at: number): void => {
      sha256Into(buffer, target, at);
    },
  };
};

/** Where the parts start, after the tag. */
const PARTS = 64;

/** Balance and nonce. */
export const ACCOUNT_VALUE_BYTES = 16;

const leaf = /* @__PURE__ */ fixedTaggedHash('zhtp/map/leaf/v1', 64);
const branch = /* @__PURE__ */ fixedTaggedHash('zhtp/map/branch/v1', 65);

const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87);

const writeHex = (target: Uint8Array, offset: number, hex: Hash): void => {
  for (let i = 0; i < 32; i++)
    target[offset + i] = (nibble(hex.charCodeAt(2 * i)) << 4) | nibble(hex.charCodeAt(2 * i + 1));
};

/** Hash of an entry, from its path and the hash of its value. */
export const leafHash = (path: Hash, valueHash: Hash): Uint8Array => {
  writeHex(leaf.buffer, PARTS, path);
  writeHex(leaf.buffer, PARTS + 32, valueHash);
  return leaf.digest();
};

/** Under which values are hashed. */
export const VALUE_TAG = 'zhtp/map/value/v1';

const valueInto = /* @__PURE__ */ taggedDigestInto(VALUE_TAG);

/** The same from the value itself. */
export const entryLeafHash = (path: Hash, value: Uint8Array): Uint8Array => {
  writeHex(leaf.buffer, PARTS, path);
  valueInto(value, leaf.buffer, PARTS + 32);
  return leaf.digest();
};

const accountValue = /* @__PURE__ */ fixedTaggedHash(VALUE_TAG, ACCOUNT_VALUE_BYTES);

/** {@link entryLeafHash} of values as long as an account's: most leaves of every block are of these. */
export const accountLeafHash = (path: Hash, value: Uint8Array): Uint8Array => {
  accountValue.buffer.set(value, PARTS);
  writeHex(leaf.buffer, PARTS, path);
  accountValue.digestInto(leaf.buffer, PARTS + 32);
  return leaf.digest();
};

/** Hash of a branch, from the bit that divides it and its two sides. */
export const branchHash = (bit: number, zero: Uint8Array, one: Uint8Array): Uint8Array => {
  branch.buffer[PARTS] = bit;
  branch.buffer.set(zero, PARTS + 1);
  branch.buffer.set(one, PARTS + 33);
  return branch.digest();
};
