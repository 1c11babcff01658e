import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hashToBytes, type Hash } from '@zhtp/types';
import { runtimeCrypto } from './runtime.ts';

/** SHA-256 (FIPS 180-4) as lowercase hex: the form in which a digest is a `Hash`. */
type Sha256Hex = (bytes: Uint8Array) => string;

/** The portable implementation. */
const nobleSha256Hex: Sha256Hex = (bytes) => bytesToHex(nobleSha256(bytes));

/** FIPS 180-4 appendix: the digest of "abc". */
const ABC = Uint8Array.of(0x61, 0x62, 0x63);
const ABC_DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

/** The runtime's one-shot hash, if it has one that knows the answer for "abc". */
const runtimeSha256Hex = (): Sha256Hex | undefined => {
  const oneShot = runtimeCrypto()?.hash;
  if (oneShot === undefined) return undefined;
  const digest: Sha256Hex = (bytes) => oneShot('sha256', bytes, 'hex');
  try {
    return digest(ABC) === ABC_DIGEST ? digest : undefined;
  } catch {
    return undefined;
  }
};

/** SHA-256 in hex by the faster implementation at hand. */
export const sha256Hex: Sha256Hex = /* @__PURE__ */ (() => runtimeSha256Hex() ?? nobleSha256Hex)();

/** SHA-256 as a {@link Hash}. */
export const sha256Hash = (bytes: Uint8Array): Hash => digestHash(sha256Hex(bytes));

/** SHA-256 (FIPS 180-4) of any bytes: 32 bytes. Native where the runtime has it; both implementations agree. */
export const sha256 = (bytes: Uint8Array): Uint8Array => hashToBytes(sha256Hash(bytes));

/** Brands a digest of this file's own making: 64 lowercase hex characters by construction. */
export const digestHash = (hex: string): Hash => hex as Hash;
