import { causeText, encodeUtf8, type SignatureAlgorithm } from '@zhtp/types';
import { sha256Hex } from '../sha256.ts';
import type { SignatureBackend } from './backend.ts';

/** SHA-256 of what one fixed seed must give; every outside vector suite stands behind the values (test/mldsa). */
interface KnownAnswer {
  readonly publicKeyDigest: string;
  readonly signatureDigest: string;
}

const KNOWN_ANSWERS: Readonly<Record<SignatureAlgorithm, KnownAnswer>> = {
  'ML-DSA-44': {
    publicKeyDigest: '9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46',
    signatureDigest: '33789cd7b97a8a6b46520cbbcb858ac556a0ab4638d62c61db38cbbf4d36c710',
  },
  'ML-DSA-65': {
    publicKeyDigest: 'd666806e11cee19a7c989f7445f90dd419cf4d2d51db8c0fdb4c0f0a542238c9',
    signatureDigest: '08c84b5ac4d077460450c6ea3227f6778aaee6d484c4d444e519156d6b19dbc9',
  },
  'ML-DSA-87': {
    publicKeyDigest: '91dc389cfaa01470b7f66eee45a4ae9026d154817c754dfe22298b3fa241ffcd',
    signatureDigest: 'a27aaaac532ba7fb4f750ff0ddddae15c500cde028b27f08d70cd1ff2c46432e',
  },
};

const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);
const MESSAGE = encodeUtf8('zhtp known answer');
const CONTEXT = encodeUtf8('zhtp/self-test/v1');
const OTHER_CONTEXT = encodeUtf8('zhtp/self-test/v2');

/**
 * The known-answer self-test of a back end, in the spirit of FIPS 140-3: the right key from a seed, the right
 * deterministic signature, that signature accepted, and refused under another context or with one bit changed; and its
 * own hedged signature accepted by the reference.
 * @param reference signs the known answer and judges the candidate's own signature; may be the candidate itself
 * @returns what failed, or undefined when all is well. Never throws.
 */
export const selfTestFailure = (
  algorithm: SignatureAlgorithm,
  candidate: SignatureBackend,
  reference: SignatureBackend,
): string | undefined => {
  try {
    const { publicKeyDigest, signatureDigest } = KNOWN_ANSWERS[algorithm];
    const publicKey = candidate.keygenFromSeed(algorithm, SEED);
    if (sha256Hex(publicKey) !== publicKeyDigest) return `${algorithm}: wrong public key from a known seed`;
    const request = { algorithm, seed: SEED, message: MESSAGE, context: CONTEXT };
    const signature = reference.sign({ ...request, deterministic: true });
    if (sha256Hex(signature) !== signatureDigest) return `${algorithm}: wrong deterministic signature`;
    const check = { algorithm, publicKey, message: MESSAGE, context: CONTEXT, signature };
    if (candidate.verify(check) !== 'valid') return `${algorithm}: refuses a known good signature`;
    if (candidate.verify({ ...check, context: OTHER_CONTEXT }) !== 'invalid')
      return `${algorithm}: ignores the context`;
    if (candidate.verify({ ...check, signature: withOneBitChanged(signature) }) !== 'invalid')
      return `${algorithm}: accepts a damaged signature`;
    const own = candidate.sign({ ...request, deterministic: false });
    return reference.verify({ ...check, signature: own }) === 'valid'
      ? undefined
      : `${algorithm}: signs what others refuse`;
  } catch (cause) {
    return `${algorithm}: ${causeText(cause)}`;
  }
};

const withOneBitChanged = (signature: Uint8Array): Uint8Array =>
  signature.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
