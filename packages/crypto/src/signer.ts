import type { KeyPair, RandomBytes, SignatureAlgorithm, Validity } from '@zhtp/types';
import { contextOf, type SignatureDomain } from './domain.ts';
import type { SignatureBackend } from './mldsa/backend.ts';
import { defaultBackend } from './mldsa/choose.ts';
import { schemeOf } from './mldsa/scheme.ts';
import { systemRandom } from './random.ts';

/** How a message is signed, where the defaults do not do. */
export interface SigningOptions {
  /** Which ML-DSA; the faster one at hand when left out. */
  readonly backend?: SignatureBackend;
  /** Same bytes for the same message every time: simulations and tests only. Hedged when left out. */
  readonly deterministic?: boolean;
}

/**
 * The key pair of a 32-byte seed. Its `secretKey` **is** that seed (FIPS 204 ξ): both back ends expand it themselves.
 * Throws when the seed has another length.
 */
export const keyPairFromSeed = (
  algorithm: SignatureAlgorithm,
  seed: Uint8Array,
  backend: SignatureBackend = defaultBackend(algorithm),
): KeyPair => ({ algorithm, publicKey: backend.keygenFromSeed(algorithm, seed), secretKey: seed.slice() });

/** A fresh key pair. */
export const generateKeyPair = (algorithm: SignatureAlgorithm, random: RandomBytes = systemRandom): KeyPair =>
  keyPairFromSeed(algorithm, random(schemeOf(algorithm).seedBytes));

/**
 * Signs a message for one purpose. Hedged unless told otherwise: the same message has many valid signatures, so compare
 * what is signed, never signatures. Throws when `secretKey` is not a seed: a key pair comes from this package.
 */
export const signMessage = (
  keyPair: KeyPair,
  domain: SignatureDomain,
  message: Uint8Array,
  options: SigningOptions = {},
): Uint8Array => {
  const { algorithm, secretKey: seed } = keyPair;
  const { backend = defaultBackend(algorithm), deterministic = false } = options;
  return backend.sign({ algorithm, seed, message, context: contextOf(domain), deterministic });
};

/** Whether the signature is the key's, over this message, for this purpose. Malformed input is `'invalid'`, never a throw. */
export const verifyMessage = (
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  domain: SignatureDomain,
  message: Uint8Array,
  signature: Uint8Array,
  backend: SignatureBackend = defaultBackend(algorithm),
): Validity => backend.verify({ algorithm, publicKey, context: contextOf(domain), message, signature });
