export { SIGNATURE_DOMAINS, type SignatureDomain } from './domain.ts';
export { identityOf } from './identity.ts';
export {
  merkleLeafHash,
  merkleProof,
  merkleRoot,
  precomputedLeaf,
  verifyMerkleProof,
  type LeafHash,
  type MerkleClaim,
  type MerkleProof,
} from './merkle.ts';
export type { ContextCheck, PoolVerify, SignatureBackend, SignatureVerdict, SignRequest } from './mldsa/backend.ts';
export { chooseBackend, defaultBackend, defaultBackendChoice, type BackendChoice } from './mldsa/choose.ts';
export { createNobleBackend } from './mldsa/noble-backend.ts';
export { rawMlDsa, type MessageForm } from './mldsa/raw.ts';
export { createRuntimeBackend } from './mldsa/runtime-backend.ts';
export { isPublicKeyOf, isSignatureOf, schemeOf, SIGNATURE_ALGORITHMS, type SignatureScheme } from './mldsa/scheme.ts';
export { systemRandom, type RandomSource } from './random.ts';
export { sha256 } from './sha256.ts';
export {
  generateKeyPair,
  keyPairFromSeed,
  signMessage,
  verifyMessage,
  type SignatureCheck,
  type SigningOptions,
} from './signer.ts';
export { taggedHash } from './tagged-hash.ts';
