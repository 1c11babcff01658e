import {
  createAsyncVerifier,
  createNobleBackend,
  createRuntimeBackend,
  createVerifiedChecks,
  createVerifier,
  type SignatureBackend,
} from '@zhtp/crypto';
import { mlDsaScheme, type SimulationScheme } from '@zhtp/simulator';
import { either as E, option as O } from 'fp-ts';
import { createCallTimer, type CallSums } from './call-timer.ts';

/** Each node's cache, as in production. */
const CACHE_ENTRIES = 4_096;
/** Entries of one cache for all nodes of a world. */
const SHARED_CACHE_ENTRIES = 65_536;

/** One verification of so many is timed: no multiple of the messages that come together. */
const TIMED_VERIFICATIONS = 7;

/** Calls on the back end. */
export interface SignatureCounts {
  readonly signs: CallSums;
  readonly verifies: CallSums;
}

/** Real ML-DSA-65 by the runtime's crypto, every call on it counted, and timed where it happens: with the caches as cold as they are. */
export interface CountedScheme extends SimulationScheme {
  counts(): SignatureCounts;
}

/**
 * The production back end. Its thread pool would answer in real time, which a virtual world does not wait for: each
 * verification runs in the turn of its event, at the same CPU cost.
 */
export const runtimeBackend = (): SignatureBackend => {
  const backend = createRuntimeBackend(createNobleBackend());
  if (E.isLeft(backend)) throw new Error(`this benchmark needs the runtime's ML-DSA: ${backend.left}`);
  return { ...backend.right, verifyInPool: O.none };
};

/** @param memoised nodes share one cache of verified signatures: each one is verified once in the world */
export const countedScheme = (memoised = false): CountedScheme => {
  const uncounted = runtimeBackend();
  const signs = createCallTimer();
  const verifies = createCallTimer(TIMED_VERIFICATIONS);
  const backend: SignatureBackend = {
    ...uncounted,
    sign: (request) => signs.time(() => uncounted.sign(request)),
    verify: (check) => verifies.time(() => uncounted.verify(check)),
  };
  const shared = createVerifiedChecks(SHARED_CACHE_ENTRIES);
  return {
    ...mlDsaScheme('ML-DSA-65', { backend, deterministic: false }),
    verifier: (schedule) =>
      createAsyncVerifier({
        schedule,
        verifier: createVerifier({
          backend,
          concurrency: 1,
          schedule,
          cache: memoised ? shared : createVerifiedChecks(CACHE_ENTRIES),
        }),
      }),
    counts: () => ({ signs: signs.sums(), verifies: verifies.sums() }),
  };
};
