import { encode, encodeUtf8, signatureAlgorithmCodec, type SignatureAlgorithm, type SignatureCheck } from '@zhtp/types';
import { joinToHash } from './bytes.ts';
import { contextOf, isSignatureDomain } from './domain.ts';
import { sameBytes } from './same-bytes.ts';
import { sha256, sha256Hex } from './sha256.ts';

/** Names one check: SHA-256 over everything its verdict depends on, the key by its own digest. */
export type CheckKey = string;

/** How the cache does: checks it holds now; looked up and found, looked up and not, and displaced so far. */
export interface VerifiedCacheCounters {
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/**
 * Remembers which checks were found valid, so that a node verifies each signature once (protocol.md, Network). Invalid ones
 * are not remembered: a forger has endless many of them. Bounded; the least recently used goes first.
 */
export interface VerifiedCache {
  /** `'valid'`, or `'unknown'`, which says nothing about the signature. Counts a hit or a miss. */
  readonly lookup: (key: CheckKey) => 'valid' | 'unknown';
  /** Call it only with the key of a check that a back end found valid. */
  readonly remember: (key: CheckKey) => void;
  readonly counters: () => VerifiedCacheCounters;
}

const codeOf = (algorithm: SignatureAlgorithm): number => encode(signatureAlgorithmCodec)(algorithm)[0] ?? 0;

const CODES: Readonly<Record<SignatureAlgorithm, number>> = {
  'ML-DSA-44': codeOf('ML-DSA-44'),
  'ML-DSA-65': codeOf('ML-DSA-65'),
  'ML-DSA-87': codeOf('ML-DSA-87'),
};

/** Algorithm and three lengths; written anew for each check. */
const head = new Uint8Array(13);
const headView = new DataView(head.buffer);

/**
 * Digests of public keys, a third of what a check consists of. A frozen set hands out the same array for a key each time;
 * one that was written to since is found out, by a comparison that costs a fraction of the digest.
 */
const digests = new WeakMap<Uint8Array, { readonly bytes: Uint8Array; readonly digest: Uint8Array }>();

const digestOfKey = (publicKey: Uint8Array): Uint8Array => {
  const known = digests.get(publicKey);
  if (known !== undefined && sameBytes(known.bytes, publicKey)) return known.digest;
  const digest = sha256(publicKey);
  digests.set(publicKey, { bytes: publicKey.slice(), digest });
  return digest;
};

/** Lengths stand in front of every variable part, so that no byte can move from one part to the next. */
export const checkKey = ({ algorithm, publicKey, domain, message, signature }: SignatureCheck): CheckKey => {
  const context = isSignatureDomain(domain) ? contextOf(domain) : encodeUtf8(domain);
  head[0] = CODES[algorithm];
  headView.setUint32(1, context.length);
  headView.setUint32(5, publicKey.length);
  headView.setUint32(9, signature.length);
  return sha256Hex(joinToHash([head, context, digestOfKey(publicKey), signature, message]));
};

/** @param capacity most entries kept, about 150 bytes each; a positive whole number */
export const createVerifiedCache = (capacity: number): VerifiedCache => {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new Error(`the capacity of a verified cache is a positive whole number, got ${String(capacity)}`);
  // A Set keeps insertion order: its first element is the least recently used one.
  const keys = new Set<CheckKey>();
  let hits = 0;
  let misses = 0;
  let evictions = 0;
  return {
    lookup: (key) => {
      if (!keys.delete(key)) {
        misses += 1;
        return 'unknown';
      }
      keys.add(key);
      hits += 1;
      return 'valid';
    },
    remember: (key) => {
      if (!keys.delete(key) && keys.size >= capacity) {
        const [oldest] = keys;
        if (oldest !== undefined) keys.delete(oldest);
        evictions += 1;
      }
      keys.add(key);
    },
    counters: () => ({ size: keys.size, hits, misses, evictions }),
  };
};
