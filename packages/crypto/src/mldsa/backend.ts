import type { SignatureAlgorithm, Validity } from '@zhtp/types';
import type { Option } from 'fp-ts/lib/Option.js';
import { CONTEXT_BYTES_MAX, isPublicKeyOf, isSignatureOf, SIGNATURE_ALGORITHMS, schemeOf } from './scheme.ts';

/** One verification of pure ML-DSA with a context (FIPS 204 Algorithm 3). */
export interface ContextCheck {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly context: Uint8Array;
  readonly signature: Uint8Array;
}

/** One signature of pure ML-DSA with a context (FIPS 204 Algorithm 2). */
export interface BackendSignRequest {
  readonly algorithm: SignatureAlgorithm;
  /** The 32-byte seed ξ. */
  readonly seed: Uint8Array;
  readonly message: Uint8Array;
  readonly context: Uint8Array;
  /** The deterministic variant (FIPS 204 §3.4): for simulations and vectors only. Otherwise signing is hedged. */
  readonly deterministic: boolean;
}

/**
 * Starts a verification on another thread. `'started'`: `done` is called exactly once, later, never inside this call, and
 * the check's arrays may be reused at once. `'refused'`: `done` is never called; ask `verify` instead.
 */
export type PoolVerify = (check: ContextCheck, done: (validity: Validity) => void) => 'started' | 'refused';

/**
 * ML-DSA of one origin. Back ends are interchangeable: each accepts what another signs and derives the same public key.
 * `verify` answers `'invalid'` to any malformed input and never throws; `sign` and `keygenFromSeed` throw when a length
 * is wrong, because those inputs are our own.
 */
export interface SignatureBackend {
  readonly name: 'noble' | 'runtime';
  /** The public key of a seed. */
  readonly keygenFromSeed: (algorithm: SignatureAlgorithm, seed: Uint8Array) => Uint8Array;
  readonly sign: (request: BackendSignRequest) => Uint8Array;
  readonly verify: (check: ContextCheck) => Validity;
  /** The same off the calling thread, where the runtime has a thread pool. */
  readonly verifyInPool: Option<PoolVerify>;
}

/** Whether a check has the lengths of its scheme; only then is it handed to a library. */
export const isWellFormedCheck = (check: ContextCheck): boolean =>
  SIGNATURE_ALGORITHMS.includes(check.algorithm) &&
  isPublicKeyOf(check.algorithm, check.publicKey) &&
  isSignatureOf(check.algorithm, check.signature) &&
  check.message instanceof Uint8Array &&
  check.context instanceof Uint8Array &&
  check.context.length <= CONTEXT_BYTES_MAX;

/** Throws unless the seed has the length of the scheme. */
export const assertSeed = (algorithm: SignatureAlgorithm, seed: Uint8Array): void => {
  const { seedBytes } = schemeOf(algorithm);
  if (seed.length !== seedBytes)
    throw new Error(`a ${algorithm} seed has ${String(seedBytes)} bytes, got ${String(seed.length)}`);
};

/** Throws unless seed and context of a signing request have their lengths. */
export const assertSignRequest = (request: BackendSignRequest): void => {
  assertSeed(request.algorithm, request.seed);
  if (request.context.length > CONTEXT_BYTES_MAX)
    throw new Error(
      `a context has at most ${String(CONTEXT_BYTES_MAX)} bytes (FIPS 204 §5.2), got ${String(request.context.length)}`,
    );
};
