import type { SignatureAlgorithm } from '@zhtp/types';
import type { RuntimeKey } from '../runtime.ts';
import { sameBytes } from '../same-bytes.ts';
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
  /**
   * A frozen set hands out the same array for a key each time: comparing its bytes costs a fraction of their digest. What
   * is known of an array goes with it; an array that was written to since is found out.
   */
  const known = new WeakMap<Uint8Array, { readonly bytes: Uint8Array; readonly key: RuntimeKey }>();

  const byDigest = (algorithm: SignatureAlgorithm, publicKey: Uint8Array): RuntimeKey => {
    // Lengths differ between parameter sets, so the key's digest alone tells them apart.
    const digest = sha256Hex(publicKey);
    const imported = keys.get(digest);
    if (imported !== undefined) {
      keys.delete(digest);
      keys.set(digest, imported);
      return imported;
    }
    const key = importKey(algorithm, publicKey);
    if (keys.size >= capacity) {
      const [oldest] = keys.keys();
      if (oldest !== undefined) keys.delete(oldest);
    }
    keys.set(digest, key);
    return key;
  };

  return (algorithm, publicKey) => {
    const same = known.get(publicKey);
    if (same !== undefined && sameBytes(same.bytes, publicKey)) return same.key;
    const key = byDigest(algorithm, publicKey);
    known.set(publicKey, { bytes: publicKey.slice(), key });
    return key;
  };
};
