import type { SignatureCheck } from '@zhtp/types';
import { sameBytes } from './same-bytes.ts';
import type { VerifiedCacheCounters } from './verified-cache.ts';

/**
 * Remembers whole checks that were found valid, so that a node verifies each signature once (protocol.md, Network):
 * comparing one costs a tenth of hashing it, which `VerifiedCache` does. Invalid ones are not remembered: a forger has
 * endless many of them. Bounded; the oldest goes first. Nobody may write to the arrays of a check that is remembered.
 */
export interface VerifiedChecks {
  /** `'valid'`, or `'unknown'`, which says nothing about the signature. Counts a hit or a miss. */
  readonly lookup: (check: SignatureCheck) => 'valid' | 'unknown';
  /** Call it only with a check that a back end found valid. */
  readonly remember: (check: SignatureCheck) => void;
  readonly counters: () => VerifiedCacheCounters;
}

/** Where a check is looked for: signatures begin with a hash (FIPS 204 Algorithm 26), so their first bytes tell them apart. */
const slotOf = ({ signature }: SignatureCheck): number =>
  ((signature[0] ?? 0) << 22) | ((signature[1] ?? 0) << 14) | ((signature[2] ?? 0) << 6) | ((signature[3] ?? 0) & 0x3f);

const isSame = (known: SignatureCheck, check: SignatureCheck): boolean =>
  known.algorithm === check.algorithm &&
  known.domain === check.domain &&
  sameBytes(known.publicKey, check.publicKey) &&
  sameBytes(known.message, check.message) &&
  sameBytes(known.signature, check.signature);

/** Longest memory that bytes keep alive as a view of it: a vote, but not a block with a hundred signatures. */
const KEPT_BYTES_MAX = 16 * 1024;

const isSmall = ({ buffer }: Uint8Array): boolean => buffer.byteLength <= KEPT_BYTES_MAX;

const compact = (bytes: Uint8Array): Uint8Array => (isSmall(bytes) ? bytes : bytes.slice());

const compactCheck = ({ algorithm, publicKey, domain, message, signature }: SignatureCheck): SignatureCheck => ({
  algorithm,
  publicKey: compact(publicKey),
  domain,
  message: compact(message),
  signature: compact(signature),
});

/** @param capacity most checks kept, mostly about 4 kB each; a positive whole number */
export const createVerifiedChecks = (capacity: number): VerifiedChecks => {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new Error(`the capacity of verified checks is a positive whole number, got ${String(capacity)}`);
  const bySlot = new Map<number, SignatureCheck>();
  /** In order of arrival: a ring once it is full. */
  const kept: SignatureCheck[] = [];
  let next = 0;
  let hits = 0;
  let misses = 0;
  let evictions = 0;

  const evict = (check: SignatureCheck): void => {
    const slot = slotOf(check);
    if (bySlot.get(slot) === check) bySlot.delete(slot);
    evictions += 1;
  };

  return {
    lookup: (check) => {
      const known = bySlot.get(slotOf(check));
      if (known === undefined || !isSame(known, check)) {
        misses += 1;
        return 'unknown';
      }
      hits += 1;
      return 'valid';
    },
    remember: (check) => {
      const slot = slotOf(check);
      const before = bySlot.get(slot);
      if (before !== undefined && isSame(before, check)) return;
      const oldest = kept[next];
      if (oldest !== undefined) evict(oldest);
      const own = compactCheck(check);
      kept[next] = own;
      next = (next + 1) % capacity;
      bySlot.set(slot, own);
    },
    counters: () => ({ size: kept.length, hits, misses, evictions }),
  };
};
