import {
  createAsyncVerifier,
  createNobleBackend,
  createRuntimeBackend,
  createVerifiedCache,
  createVerifier,
  type SignatureBackend,
} from '@zhtp/crypto';
import { mlDsaScheme, type SimulationScheme } from '@zhtp/simulator';
import { either as E, option as O } from 'fp-ts';

/** Each node's cache, as in production. */
const CACHE_ENTRIES = 4_096;
/** Entries of one cache for all nodes of a world. */
const SHARED_CACHE_ENTRIES = 65_536;

export interface SignatureCounts {
  readonly signs: number;
  readonly verifies: number;
}

/** Real ML-DSA-65 by the runtime's crypto, every call on it counted. */
export interface CountedScheme extends SimulationScheme {
  /** The same back end without counting. */
  readonly uncounted: SignatureBackend;
  counts(): SignatureCounts;
}

/**
 * The production back end. Its thread pool would answer in real time, which a virtual world does not wait for: each
 * verification runs in the turn of its event, at the same CPU cost.
 */
const runtimeBackend = (): SignatureBackend => {
  const backend = createRuntimeBackend(createNobleBackend());
  if (E.isLeft(backend)) throw new Error(`this benchmark needs the runtime's ML-DSA: ${backend.left}`);
  return { ...backend.right, verifyInPool: O.none };
};

/** @param memoised nodes share one cache of verified signatures: each one is verified once in the world */
export const countedScheme = (memoised = false): CountedScheme => {
  const uncounted = runtimeBackend();
  let signs = 0;
  let verifies = 0;
  const backend: SignatureBackend = {
    ...uncounted,
    sign: (request) => {
      signs += 1;
      return uncounted.sign(request);
    },
    verify: (check) => {
      verifies += 1;
      return uncounted.verify(check);
    },
  };
  const shared = createVerifiedCache(SHARED_CACHE_ENTRIES);
  return {
    ...mlDsaScheme('ML-DSA-65', { backend, deterministic: false }),
    uncounted,
    verifier: (schedule) =>
      createAsyncVerifier({
        schedule,
        verifier: createVerifier({
          backend,
          concurrency: 1,
          schedule,
          cache: memoised ? shared : createVerifiedCache(CACHE_ENTRIES),
        }),
      }),
    counts: () => ({ signs, verifies }),
  };
};
