import {
  isPublicKeyOf,
  isSignatureOf,
  precomputedLeaf,
  schemeOf,
  taggedHash,
  verifyMerkleProof,
  verifyMessage,
} from '@zhtp/crypto';
import {
  array,
  CHAIN_ID_BYTES_MAX,
  challengeResultCodec,
  encode,
  found,
  hashCodec,
  proofVerificationFailed,
  signatureAlgorithmCodec,
  STORAGE_BLOCK_BYTES,
  STORAGE_CHALLENGES_MAX,
  storageCapacityAttestationCodec,
  struct,
  text,
  u64,
  type ChallengeResult,
  type ConsensusError,
  type ConsensusResult,
  type Hash,
  type SignatureAlgorithm,
  type SignatureCheck,
  type StorageCapacityAttestation,
  type Validity,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { fails, HOLDS, malformed, type ProofVerdict } from './proof-verdict.ts';
import { storageChallenges, STORAGE_CHALLENGES } from './storage-challenge.ts';
import {
  blockLength,
  leavesOf,
  storageLeafHash,
  wrongBlockBytes,
  wrongSize,
  type StorageOwner,
} from './storage-leaf.ts';
import { malformedAs, notHash, notObject, notU64 } from './well-formed.ts';

const UTILIZATION_MAX = 100n;

const resultsCodec = array(challengeResultCodec, STORAGE_CHALLENGES_MAX);
const chainIdCodec = text(CHAIN_ID_BYTES_MAX);

const signedCodec = struct('SignedStorageAttestation', {
  chainId: chainIdCodec,
  validatorId: hashCodec,
  storageCapacity: u64,
  utilization: u64,
  /** Stands for the blocks, which may be megabytes. */
  resultsHash: hashCodec,
  timestamp: u64,
});

/** An attestation before it is signed. */
export type UnsignedAttestation = Omit<StorageCapacityAttestation, 'signature'>;

export const malformedChainId = (chainId: string): ConsensusError | undefined =>
  chainIdCodec.json.is(chainId) && chainId !== ''
    ? undefined
    : proofVerificationFailed(
        `chainId must be a text of 1 to ${String(CHAIN_ID_BYTES_MAX)} bytes, got ${found(chainId)}`,
      );

/** What a validator signs in domain `zhtp/storage/v1`: the chain id and all fields, the results through their hash. */
export const attestationSignBytes = (chainId: string, attestation: UnsignedAttestation): Uint8Array => {
  const { validatorId, storageCapacity, utilization, challengeResults, timestamp } = attestation;
  const resultsHash = taggedHash('zhtp/storage-results/v1', encode(resultsCodec)(challengeResults));
  return encode(signedCodec)({ chainId, validatorId, storageCapacity, utilization, resultsHash, timestamp });
};

/** Why an attestation says nothing that could hold. */
export const malformedAttestation = (attestation: StorageCapacityAttestation): ConsensusError | undefined => {
  const wrong = malformedAs(storageCapacityAttestationCodec, attestation);
  if (wrong !== undefined) return wrong;
  if (attestation.utilization > UTILIZATION_MAX)
    return proofVerificationFailed('utilization must be a percentage from 0 to 100', attestation.utilization);
  if (attestation.storageCapacity === 0n)
    return proofVerificationFailed('storageCapacity must be at least 1 byte: nothing is attested', 0n);
  const ids = new Set(attestation.challengeResults.map(({ challenge }) => challenge.id));
  return ids.size === attestation.challengeResults.length
    ? undefined
    : proofVerificationFailed('challengeResults hold a challenge id twice');
};

/** What an attestation is held against; everything here comes from the ledger, nothing from the prover. */
export interface AttestationContext {
  readonly chainId: string;
  /** The validator's registered consensus key. */
  readonly key: Uint8Array;
  /** The chain's scheme; ML-DSA-65 when left out. */
  readonly algorithm?: SignatureAlgorithm;
  /** Root and salt committed before the challenge. */
  readonly root: Hash;
  readonly salt: Hash;
  /** Bytes of a leaf as committed; 262 144 when left out. */
  readonly blockBytes?: number;
  /** Hash of the block before the height of the challenge. */
  readonly prevHash: Hash;
  /** Where the attestation is to count. */
  readonly height: bigint;
  /** The caller has the verdict on {@link attestationCheck} from a verifier of its own; verified here when left out. */
  readonly signature?: Validity;
  /** Blocks from the challenge to `height`, inclusive: one epoch. */
  readonly maxAge: bigint;
}

/** Why bytes cannot be a key of the scheme, whatever they are at runtime. */
export const malformedKey = (algorithm: SignatureAlgorithm, key: Uint8Array): ConsensusError | undefined => {
  if (!signatureAlgorithmCodec.json.is(algorithm))
    return proofVerificationFailed(`algorithm must be an ML-DSA parameter set, got ${found(algorithm)}`);
  return isPublicKeyOf(algorithm, key)
    ? undefined
    : proofVerificationFailed(
        `key must be a public key of ${algorithm}, ${String(schemeOf(algorithm).publicKeyBytes)} bytes`,
      );
};

const malformedContext = (context: AttestationContext): ConsensusError | undefined => {
  const { chainId, key, algorithm = 'ML-DSA-65', root, salt, blockBytes = STORAGE_BLOCK_BYTES } = context;
  return (
    malformedChainId(chainId) ??
    malformedKey(algorithm, key) ??
    notHash('root', root) ??
    notHash('salt', salt) ??
    wrongBlockBytes(blockBytes) ??
    notHash('prevHash', context.prevHash) ??
    notU64('height', context.height) ??
    notU64('maxAge', context.maxAge)
  );
};

const stale = (challengeHeight: bigint, { height, maxAge }: AttestationContext): string | undefined => {
  if (challengeHeight > height) return `challenge is for height ${String(challengeHeight)}, above ${String(height)}`;
  return height - challengeHeight > maxAge
    ? `challenge of height ${String(challengeHeight)} is older than ${String(maxAge)} blocks at ${String(height)}`
    : undefined;
};

const SAME = ['root', 'height', 'nonce', 'blockIndex', 'id'] as const;

/** One answered challenge: it is the one that was asked, and its block lies where it should in the committed tree. */
const wrongResult = (
  result: ChallengeResult,
  expected: ChallengeResult['challenge'],
  tree: StorageOwner & { readonly size: number; readonly leaves: number },
): string | undefined => {
  const { challenge, proof } = result;
  const differing = SAME.find((field) => challenge[field] !== expected[field]);
  if (differing !== undefined)
    return `${differing} of challenge ${challenge.id} is ${String(challenge[differing])}, asked was ${String(expected[differing])}`;
  if (result.result._tag !== 'Valid') return `challenge ${challenge.id} is marked ${result.result._tag}`;
  const index = Number(expected.blockIndex);
  if (proof.block.length !== blockLength(tree.size, tree.blockBytes, index))
    return `block ${String(index)} has ${String(proof.block.length)} bytes, not those of the capacity claimed`;
  const { path } = proof;
  const leaf = storageLeafHash(tree, index, proof.block);
  const claim = { root: expected.root, leaf, index, size: tree.leaves, path, leafHash: precomputedLeaf };
  return verifyMerkleProof(claim) === 'valid'
    ? undefined
    : `block ${String(index)} does not lead to the committed root`;
};

const unanswered = (attestation: StorageCapacityAttestation, context: AttestationContext): string | undefined => {
  const { challengeResults, validatorId } = attestation;
  const { root, salt, prevHash, blockBytes = STORAGE_BLOCK_BYTES } = context;
  const [first] = challengeResults;
  if (first === undefined || challengeResults.length !== STORAGE_CHALLENGES)
    return `${String(challengeResults.length)} challenges are answered, asked were ${String(STORAGE_CHALLENGES)}`;
  const old = stale(first.challenge.height, context);
  if (old !== undefined) return old;
  const size = Number(attestation.storageCapacity);
  if (wrongSize(size, blockBytes) !== undefined) return `storageCapacity ${String(size)} is more than a tree can hold`;
  const leaves = leavesOf(size, blockBytes);
  const asked = storageChallenges({ validator: validatorId, root, prevHash, height: first.challenge.height, leaves });
  for (const [j, expected] of asked.entries()) {
    const result = challengeResults[j];
    const wrong =
      result === undefined
        ? `challenge ${String(j)} is not answered`
        : wrongResult(result, expected, { validator: validatorId, salt, blockBytes, size, leaves });
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

type CheckContext = Pick<Required<AttestationContext>, 'chainId' | 'algorithm' | 'key'>;

const checkOf = (
  { chainId, algorithm, key }: CheckContext,
  attestation: StorageCapacityAttestation,
): SignatureCheck => ({
  algorithm,
  publicKey: key,
  domain: 'zhtp/storage/v1',
  message: attestationSignBytes(chainId, attestation),
  signature: attestation.signature.signature,
});

/**
 * The check of an attestation's signature, for a verifier that works on many at once. ProofVerificationFailed names what is
 * no chain id, no key of the scheme or no attestation.
 */
export const attestationCheck = (
  context: CheckContext,
  attestation: StorageCapacityAttestation,
): ConsensusResult<SignatureCheck> => {
  const wrong =
    notObject('attestation context', context) ??
    malformedChainId(context.chainId) ??
    malformedKey(context.algorithm, context.key) ??
    malformedAttestation(attestation);
  return wrong === undefined ? E.right(checkOf(context, attestation)) : E.left(wrong);
};

const verified = ({ algorithm, publicKey, message, signature }: SignatureCheck): Validity =>
  verifyMessage(algorithm, publicKey, 'zhtp/storage/v1', message, signature);

const wronglySigned = (attestation: StorageCapacityAttestation, context: AttestationContext): string | undefined => {
  const { signature } = attestation;
  const { algorithm = 'ML-DSA-65' } = context;
  if (signature.algorithm !== algorithm)
    return `signature is by ${signature.algorithm}, the chain signs by ${algorithm}`;
  if (O.isSome(signature.publicKey)) return 'signature carries a key: the key comes from the registration';
  if (!isSignatureOf(algorithm, signature.signature)) return 'the attestation is not signed';
  return (context.signature ?? verified(checkOf({ ...context, algorithm }, attestation))) === 'valid'
    ? undefined
    : 'signature is not by the registered key over this attestation and chain';
};

/** Judges an attestation: freshness, every challenge and path, then the signature (economics.md, Proofs). */
export const judgeAttestation = (
  attestation: StorageCapacityAttestation,
  context: AttestationContext,
): ProofVerdict => {
  const wrong =
    notObject('attestation context', context) ?? malformedContext(context) ?? malformedAttestation(attestation);
  if (wrong !== undefined) return malformed(wrong);
  const reason = unanswered(attestation, context) ?? wronglySigned(attestation, context);
  return reason === undefined ? HOLDS : fails(reason);
};
