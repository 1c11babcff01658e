import type { SignatureAlgorithm } from '../signature.ts';

/** Validity is a tagged value, never truthiness. */
export type Validity = 'valid' | 'invalid';

/** One signature to be verified. */
export interface SignatureCheck {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  /** FIPS 204 context: the domain, e.g. `zhtp/vote/v1`. */
  readonly domain: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Verifies signatures, as many at once as it has cores for; the caller keeps at most `concurrency` in flight. */
export interface Verifier {
  readonly concurrency: number;
  /** `done` is called exactly once, never inside this call. */
  verify(check: SignatureCheck, done: (validity: Validity) => void): void;
}
