import {
  causeText,
  found,
  proofVerificationFailed,
  ZK_DID_PROOF_BYTES_MAX,
  zkError,
  type ConsensusError,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { malformedChainId } from './attestation-rules.ts';
import { notIdentity, notObject } from './well-formed.ts';

/** What a zero-knowledge proof of identity is to show, and of whom. */
export interface ZkDidClaim {
  readonly chainId: string;
  /** Whoever presents the proof; a proof presented by another identity, or on another chain, must not hold. */
  readonly identity: IdentityId;
  readonly proof: Uint8Array;
}

/**
 * Verifies zero-knowledge proofs of identity. The answer must depend on the claim and on configuration alone: nodes that
 * answer differently disagree on blocks. A ZkError says that it could not judge.
 */
export interface ZkDidVerifier {
  readonly verify: (claim: ZkDidClaim) => TaskEither<ConsensusError, boolean>;
}

/** What is wrong with a claim's types, before anything is verified. */
export const malformedClaim = (claim: ZkDidClaim): ConsensusError | undefined => {
  const absent = notObject('zk-DID claim', claim);
  if (absent !== undefined) return absent;
  const { chainId, identity, proof } = claim;
  const wrong = malformedChainId(chainId) ?? notIdentity('identity', identity);
  if (wrong !== undefined) return wrong;
  return proof instanceof Uint8Array && proof.length > 0 && proof.length <= ZK_DID_PROOF_BYTES_MAX
    ? undefined
    : proofVerificationFailed(
        `zkDidProof must be 1 to ${String(ZK_DID_PROOF_BYTES_MAX)} bytes, got ${proof instanceof Uint8Array ? String(proof.length) : found(proof)}`,
      );
};

/** The error of a proof that arrives where nobody can judge it (decisions.md §6). */
export const NO_ZK_DID_VERIFIER: ConsensusError = zkError(
  'zkDidProof arrived and no zk-DID verifier is configured: configure one or leave the proof out',
);

/** Judges a proof of identity by the configured verifier; a ZkError where there is none or it fails. */
export const verifyZkDid =
  (claim: ZkDidClaim, verifier: ZkDidVerifier | undefined): TaskEither<ConsensusError, boolean> =>
  async () => {
    const wrong = malformedClaim(claim);
    if (wrong !== undefined) return E.left(wrong);
    if (verifier === undefined) return E.left(NO_ZK_DID_VERIFIER);
    try {
      const answer = await verifier.verify(claim)();
      // A port is foreign code: only a plain yes is a yes.
      return E.isRight(answer) && typeof answer.right !== 'boolean'
        ? E.left(zkError(`the zk-DID verifier answered ${found(answer.right)}, it must answer true or false`))
        : answer;
    } catch (cause) {
      return E.left(zkError(`the zk-DID verifier failed: ${causeText(cause)}`));
    }
  };
