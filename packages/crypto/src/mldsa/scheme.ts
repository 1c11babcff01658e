import type { SignatureAlgorithm } from '@zhtp/types';

/** Sizes of one ML-DSA parameter set. */
export interface SignatureScheme {
  readonly algorithm: SignatureAlgorithm;
  /** Key generation seed ξ, FIPS 204 Algorithm 1; the secret key as this package stores it. */
  readonly seedBytes: number;
  readonly publicKeyBytes: number;
  /** Secret key in its expanded encoding (FIPS 204 Algorithm 24): the raw layer's, never stored. */
  readonly expandedSecretKeyBytes: number;
  readonly signatureBytes: number;
}

/** FIPS 204, Table 2 (sizes in bytes of keys and signatures of ML-DSA). */
const SCHEMES: Readonly<Record<SignatureAlgorithm, SignatureScheme>> = {
  'ML-DSA-44': {
    algorithm: 'ML-DSA-44',
    seedBytes: 32,
    publicKeyBytes: 1312,
    expandedSecretKeyBytes: 2560,
    signatureBytes: 2420,
  },
  'ML-DSA-65': {
    algorithm: 'ML-DSA-65',
    seedBytes: 32,
    publicKeyBytes: 1952,
    expandedSecretKeyBytes: 4032,
    signatureBytes: 3309,
  },
  'ML-DSA-87': {
    algorithm: 'ML-DSA-87',
    seedBytes: 32,
    publicKeyBytes: 2592,
    expandedSecretKeyBytes: 4896,
    signatureBytes: 4627,
  },
};

/** Every supported parameter set, weakest first. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'];

/** The sizes of a parameter set: the only source of key and signature lengths. */
export const schemeOf = (algorithm: SignatureAlgorithm): SignatureScheme => SCHEMES[algorithm];

/** True for bytes as long as a public key of the scheme. FIPS 204 gives every string of that length a meaning. */
export const isPublicKeyOf = (algorithm: SignatureAlgorithm, publicKey: unknown): publicKey is Uint8Array =>
  publicKey instanceof Uint8Array && publicKey.length === SCHEMES[algorithm].publicKeyBytes;

/** True for bytes as long as a signature of the scheme. */
export const isSignatureOf = (algorithm: SignatureAlgorithm, signature: unknown): signature is Uint8Array =>
  signature instanceof Uint8Array && signature.length === SCHEMES[algorithm].signatureBytes;

/** FIPS 204 §5.2: longest context string, in bytes. */
export const CONTEXT_BYTES_MAX = 255;
