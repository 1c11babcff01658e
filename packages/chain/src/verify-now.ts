import { isSignatureDomain, verifyMessage } from '@zhtp/crypto';
import type { SignatureCheck, Validity } from '@zhtp/types';

/** How the synchronous conveniences verify: a real verifier, or a cache, counter or test in front of one. */
export type VerifySignature = (check: SignatureCheck) => Validity;

/** Verifies in the call, with the faster back end at hand; unknown domains are `'invalid'`. */
export const verifyNow: VerifySignature = ({ algorithm, publicKey, domain, message, signature }) =>
  isSignatureDomain(domain) ? verifyMessage(algorithm, publicKey, domain, message, signature) : 'invalid';
