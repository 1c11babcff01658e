import * as C from './codec.ts';

/** ML-DSA parameter sets of FIPS 204; one per chain, fixed in genesis (decisions.md §4). */
export const signatureAlgorithmCodec = C.literals('SignatureAlgorithm', {
  'ML-DSA-44': 1,
  'ML-DSA-65': 2,
  'ML-DSA-87': 3,
});
export type SignatureAlgorithm = C.TypeOf<typeof signatureAlgorithmCodec>;

/** Widest signature and key of any supported scheme; the exact lengths are the scheme's and are checked against it. */
export const SIGNATURE_BYTES_MAX = 8_192;
export const PUBLIC_KEY_BYTES_MAX = 4_096;

/** A public key of any supported scheme; its exact length is the scheme's. */
export const publicKeyCodec = C.bytes(PUBLIC_KEY_BYTES_MAX);

/** A signature with its scheme. Votes and proposals leave the key out: it comes from the validator set. */
export const postQuantumSignatureCodec = C.struct('PostQuantumSignature', {
  algorithm: signatureAlgorithmCodec,
  signature: C.bytes(SIGNATURE_BYTES_MAX),
  publicKey: C.option(publicKeyCodec),
});
export type PostQuantumSignature = C.TypeOf<typeof postQuantumSignatureCodec>;

/** Another name of {@link PostQuantumSignature} in the reference (decisions.md §2). */
export type Signature = PostQuantumSignature;

/** A key pair of one scheme. The secret key never leaves the process that unlocked it. */
export interface KeyPair {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}
