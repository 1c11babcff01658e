import type { SignatureAlgorithm } from '@zhtp/types';
import { equalBytes } from '../bytes.ts';

interface Derived<Key> {
  readonly algorithm: SignatureAlgorithm;
  readonly seed: Uint8Array;
  readonly key: Key;
}

/**
 * Expanded keys, remembered for as long as the caller holds the seed's array: no second list of secrets to bound or
 * clear. The bytes are compared on every use, because an array can be overwritten with another seed.
 */
export const createSeedCache = <Key>(
  derive: (algorithm: SignatureAlgorithm, seed: Uint8Array) => Key,
): ((algorithm: SignatureAlgorithm, seed: Uint8Array) => Key) => {
  const derivedBySeed = new WeakMap<Uint8Array, Derived<Key>>();
  return (algorithm, seed) => {
    const known = derivedBySeed.get(seed);
    if (known !== undefined && known.algorithm === algorithm && equalBytes(known.seed, seed)) return known.key;
    const key = derive(algorithm, seed);
    derivedBySeed.set(seed, { algorithm, seed: seed.slice(), key });
    return key;
  };
};
