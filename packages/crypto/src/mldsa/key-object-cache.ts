import type { SignatureAlgorithm } from '@zhtp/types';
import type { RuntimeKey } from '../runtime.ts';
import { sha256Hex } from '../sha256.ts';

/**
 * The runtime's imported public keys, least recently used first out. Importing one costs about a tenth of a verification,
 * and a node checks the same validators' keys again and again. Bounded: any peer can name a key.
 */
export const createKeyObjectCache = (
  capacity: number,
  importKey: (algorithm: SignatureAlgorithm, publicKey: Uint8Array) => RuntimeKey,
): ((algorithm: SignatureAlgorithm, publicKey: Uint8Array) => RuntimeKey) => {
  const keys = new Map<string, RuntimeKey>();
  return (algorithm, publicKey) => {
    // Lengths differ between parameter sets, so the key's digest alone tells them apart.
    const digest = sha256Hex(publicKey);
    const known = keys.get(digest);
    if (known !== undefined) {
      keys.delete(digest);
      keys.set(digest, known);
      return known;
    }
    const key = importKey(algorithm, publicKey);
    if (keys.size >= capacity) {
      const [oldest] = keys.keys();
      if (oldest !== undefined) keys.delete(oldest);
    }
    keys.set(digest, key);
    return key;
  };
};
