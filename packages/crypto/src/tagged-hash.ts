import { encodeFor, encodeUtf8, ZERO_HASH, type Codec, type Hash } from '@zhtp/types';
import { joinToHash } from './bytes.ts';
import { sha256, sha256Hash } from './sha256.ts';

/** Tags are constants of the program; the bound only keeps a misuse from growing memory. */
const PREFIXES_MAX = 256;
const prefixes = new Map<string, Uint8Array>();

/** SHA-256(tag) twice: 64 bytes, exactly one block of SHA-256, as in BIP-340. */
const prefixOf = (tag: string): Uint8Array => {
  const known = prefixes.get(tag);
  if (known !== undefined) return known;
  const digest = sha256(encodeUtf8(tag));
  const prefix = new Uint8Array(64);
  prefix.set(digest, 0);
  prefix.set(digest, 32);
  if (prefixes.size < PREFIXES_MAX) prefixes.set(tag, prefix);
  return prefix;
};

/** Hashes many short inputs under one tag, without an array for each. */
export interface TaggedHasher {
  /** Where the next input is written, from its first byte. */
  readonly input: Uint8Array;
  /** {@link taggedHash} of the first `length` bytes of `input`. */
  readonly hash: (length: number) => Hash;
}

/** @param inputBytesMax longest input */
export const createTaggedHasher = (tag: string, inputBytesMax: number): TaggedHasher => {
  const prefix = prefixOf(tag);
  const whole = new Uint8Array(prefix.length + inputBytesMax);
  whole.set(prefix);
  const views: (Uint8Array | undefined)[] = Array.from({ length: inputBytesMax + 1 }, () => undefined);
  return {
    input: whole.subarray(prefix.length),
    hash: (length) => sha256Hash((views[length] ??= whole.subarray(0, prefix.length + length))),
  };
};

/**
 * SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ parts), the tagged hash of BIP-340 (decisions.md §4: one hash, a domain tag in front).
 * Hashes under different tags never collide short of breaking SHA-256, nor do they with untagged ones.
 * The parts are joined as they are: when more than one has no fixed length, give their canonical encoding instead.
 * @param tag what is hashed, for instance `zhtp/identity/v1`; a constant, not data
 */
export const taggedHash = (tag: string, ...parts: readonly Uint8Array[]): Hash =>
  sha256Hash(joinToHash([prefixOf(tag), ...parts]));

/**
 * {@link taggedHash} of values in canonical bytes. They are written behind the prefix at once: a certificate of a hundred
 * signatures is 330 kB, which cost as much to copy as to hash.
 */
export const taggedHashOf = <A>(tag: string, codec: Codec<A>): ((value: A) => Hash) => {
  const prefix = prefixOf(tag);
  const prefixed: Codec<A> = {
    ...codec,
    bytes: {
      ...codec.bytes,
      write: (writer, value) => {
        const at = writer.room(prefix.length);
        writer.bytes.set(prefix, at);
        codec.bytes.write(writer, value);
      },
    },
  };
  const write = encodeFor(prefixed);
  return (value) => {
    let digest: Hash = ZERO_HASH;
    write(value, (bytes) => {
      digest = sha256Hash(bytes);
    });
    return digest;
  };
};
