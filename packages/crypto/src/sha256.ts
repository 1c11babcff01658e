import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, type Hash } from '@zhtp/types';
import { runtimeCrypto } from './runtime.ts';

/** SHA-256 (FIPS 180-4) in the two forms that are asked for. */
interface Sha256 {
  /** Lowercase: the form in which a digest is a `Hash`. */
  readonly hex: (bytes: Uint8Array) => string;
  /** 32 bytes, written at a place. */
  readonly into: (bytes: Uint8Array, target: Uint8Array, at: number) => void;
}

/** The portable implementation. */
const noble: Sha256 = {
  hex: (bytes) => bytesToHex(nobleSha256(bytes)),
  into: (bytes, target, at) => target.set(nobleSha256(bytes), at),
};

/** FIPS 180-4 appendix: the digest of "abc". */
const ABC = Uint8Array.of(0x61, 0x62, 0x63);
const ABC_DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const DIGEST_BYTES = 32;

/** The runtime's one-shot hash, if it has one that knows the answer for "abc" in both forms. */
const runtimeSha256 = (): Sha256 | undefined => {
  const oneShot = runtimeCrypto()?.hash;
  if (oneShot === undefined) return undefined;
  const runtime: Sha256 = {
    hex: (bytes) => oneShot('sha256', bytes, 'hex'),
    // A string of one character per byte: half the time of the runtime's buffers, which are allocated outside the heap.
    into: (bytes, target, at) => {
      const characters = oneShot('sha256', bytes, 'latin1');
      for (let i = 0; i < DIGEST_BYTES; i++) target[at + i] = characters.charCodeAt(i);
    },
  };
  try {
    const digest = new Uint8Array(DIGEST_BYTES);
    runtime.into(ABC, digest, 0);
    return runtime.hex(ABC) === ABC_DIGEST && bytesToHex(digest) === ABC_DIGEST ? runtime : undefined;
  } catch {
    return undefined;
  }
};

const faster = /* @__PURE__ */ (() => runtimeSha256() ?? noble)();

/** SHA-256 in hex by the faster implementation at hand. */
export const sha256Hex = (bytes: Uint8Array): string => faster.hex(bytes);

/** SHA-256 as a {@link Hash}. */
export const sha256Hash = (bytes: Uint8Array): Hash => digestHash(sha256Hex(bytes));

/** SHA-256 (FIPS 180-4) of any bytes: 32 bytes. Native where the runtime has it; both implementations agree. */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const digest = new Uint8Array(DIGEST_BYTES);
  faster.into(bytes, digest, 0);
  return digest;
};

/**
 * {@link sha256} written at a place of an array, which may be the input's: a digest that goes into another hash needs no array
 * of its own.
 */
export const sha256Into = (bytes: Uint8Array, target: Uint8Array, at: number): void => faster.into(bytes, target, at);

/** Brands a digest of this file's own making: 64 lowercase hex characters by construction. */
export const digestHash = (hex: string): Hash => hex as Hash;
