import type { RandomBytes } from '@zhtp/types';

declare const crypto: { readonly getRandomValues: (into: Uint8Array) => Uint8Array };

/** Most bytes one call of `getRandomValues` may fill (Web Cryptography API §10.1.1). */
const BYTES_PER_CALL_MAX = 65_536;

/** The operating system's random generator, through Web Crypto: the one place where entropy enters by itself. */
export const systemRandom: RandomBytes = (length) => {
  const random = new Uint8Array(length);
  for (let at = 0; at < length; at += BYTES_PER_CALL_MAX)
    crypto.getRandomValues(random.subarray(at, at + BYTES_PER_CALL_MAX));
  return random;
};
