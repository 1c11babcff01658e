export {
  createAsyncVerifier,
  type AsyncVerdict,
  type AsyncVerifier,
  type AsyncVerifierCounters,
  type AsyncVerifierOptions,
  type BatchVerdict,
  type PrioritizedCheck,
} from './async-verifier.ts';
export { domainOfRequest, isSignatureDomain, SIGNATURE_DOMAINS, type SignatureDomain } from './domain.ts';
export { identityOf } from './identity.ts';
export { DEVELOPMENT_SCRYPT_COST, STANDARD_SCRYPT_COST, type ScryptCost } from './kdf.ts';
export type { KeyFile, KeyFileError } from './key-file-format.ts';
export { decryptKeyFile, encryptKeyFile } from './key-file.ts';
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
export { createMerkleMemory, type MerkleMemory } from './merkle-memory.ts';
export type { ContextCheck, BackendSignRequest, PoolVerify, SignatureBackend } from './mldsa/backend.ts';
export { chooseBackend, defaultBackend, defaultBackendChoice, type BackendChoice } from './mldsa/choose.ts';
export { createNobleBackend } from './mldsa/noble-backend.ts';
export { rawMlDsa, type MessageForm } from './mldsa/raw.ts';
export { createRuntimeBackend } from './mldsa/runtime-backend.ts';
export { isPublicKeyOf, isSignatureOf, schemeOf, SIGNATURE_ALGORITHMS, type SignatureScheme } from './mldsa/scheme.ts';
export { publicPartOfKeyFile, type PublicKeyFile } from './public-key-file.ts';
export { systemRandom } from './random.ts';
export { sameBytes } from './same-bytes.ts';
export { sha256, sha256Into } from './sha256.ts';
export { generateKeyPair, keyPairFromSeed, signMessage, verifyMessage, type SigningOptions } from './signer.ts';
export { createTaggedHasher, taggedHash, taggedHashOf, type TaggedHasher } from './tagged-hash.ts';
export type { SlotPosition } from './verification-queue.ts';
export {
  checkKey,
  createVerifiedCache,
  type CheckKey,
  type VerifiedCache,
  type VerifiedCacheCounters,
} from './verified-cache.ts';
export { createVerifiedChecks, type VerifiedChecks } from './verified-checks.ts';
export { createVerifier, verificationsInFlight, type Schedule, type VerifierOptions } from './verifier.ts';
