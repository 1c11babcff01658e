/** A source of secret randomness: `bytes` fresh bytes per call. Everything here that needs entropy is handed one. */
export type RandomSource = (bytes: number) => Uint8Array;

declare const crypto: { readonly getRandomValues: (into: Uint8Array) => Uint8Array };

/** Most bytes one call of `getRandomValues` may fill (Web Cryptography API §10.1.1). */
const BYTES_PER_CALL_MAX = 65_536;

/** The operating system's random generator, through Web Crypto: the one place where entropy enters by itself. */
export const systemRandom: RandomSource = (bytes) => {
  const random = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += BYTES_PER_CALL_MAX)
    crypto.getRandomValues(random.subarray(at, at + BYTES_PER_CALL_MAX));
  return random;
};
