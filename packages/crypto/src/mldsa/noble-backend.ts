import { ml_dsa44, ml_dsa65, ml_dsa87, type DSA } from '@noble/post-quantum/ml-dsa.js';
import type { RandomBytes, SignatureAlgorithm } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { systemRandom } from '../random.ts';
import { assertSeed, assertSignRequest, isWellFormedCheck, type SignatureBackend } from './backend.ts';
import { createSeedCache } from './seed-cache.ts';

const LIBRARY: Readonly<Record<SignatureAlgorithm, DSA>> = {
  'ML-DSA-44': ml_dsa44,
  'ML-DSA-65': ml_dsa65,
  'ML-DSA-87': ml_dsa87,
};

/** noble's implementation of a parameter set. */
export const nobleOf = (algorithm: SignatureAlgorithm): DSA => LIBRARY[algorithm];

/** FIPS 204 Algorithm 2: length of the random string that hedges a signature. */
const HEDGE_BYTES = 32;

/**
 * ML-DSA in plain JavaScript (`@noble/post-quantum`): runs everywhere, and alone can sign deterministically.
 * @param random entropy of hedged signatures
 */
export const createNobleBackend = (random: RandomBytes = systemRandom): SignatureBackend => {
  const keysOf = createSeedCache((algorithm, seed) => nobleOf(algorithm).keygen(seed));
  return {
    name: 'noble',
    keygenFromSeed: (algorithm, seed) => {
      assertSeed(algorithm, seed);
      return keysOf(algorithm, seed).publicKey.slice();
    },
    sign: (request) => {
      assertSignRequest(request);
      return nobleOf(request.algorithm).sign(request.message, keysOf(request.algorithm, request.seed).secretKey, {
        context: request.context,
        extraEntropy: request.deterministic ? false : random(HEDGE_BYTES),
      });
    },
    verify: (check) => {
      if (!isWellFormedCheck(check)) return 'invalid';
      return nobleOf(check.algorithm).verify(check.signature, check.message, check.publicKey, {
        context: check.context,
      })
        ? 'valid'
        : 'invalid';
    },
    verifyInPool: O.none,
  };
};
