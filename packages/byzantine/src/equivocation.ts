import {
  duplicateVote,
  verifyEvidence,
  verifyNow,
  type SignerSet,
  type SigningContext,
  type VerifySignature,
} from '@zhtp/chain';
import {
  equivocationEvidenceCodec,
  proofVerificationFailed,
  type ConsensusResult,
  type EquivocationEvidence,
  type Evidence,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { ReceivedVote } from './first-votes.ts';
import { mistyped } from './refusals.ts';

/**
 * What a block carries of it: both signed votes in canonical order, without what this node alone says of them. Refused for
 * what is no such evidence; whether it convicts is {@link verifyEquivocation}'s question.
 */
export const evidenceOfEquivocation = (evidence: EquivocationEvidence): ConsensusResult<Evidence> => {
  const wrong = mistyped({ evidence: equivocationEvidenceCodec }, { evidence });
  return wrong === undefined ? E.right(duplicateVote(evidence.voteA, evidence.voteB)) : E.left(wrong);
};

/**
 * Whether two votes convict their voter: same slot, different contents, both signed by the key of a member of the set of that
 * height. Times and reporting peers are hearsay and prove nothing.
 */
export const verifyEquivocation = (
  context: SigningContext,
  set: SignerSet,
  evidence: EquivocationEvidence,
  verify: VerifySignature = verifyNow,
): ConsensusResult<void> => {
  const carried = evidenceOfEquivocation(evidence);
  if (E.isLeft(carried)) return carried;
  return pipe(
    verifyEvidence(context, set, carried.right, verify),
    E.mapLeft(({ message }) => proofVerificationFailed(message)),
  );
};

/** The documented record of two conflicting votes, in the order in which they came. */
export const evidenceOfConflict = (first: ReceivedVote, second: ReceivedVote): EquivocationEvidence => ({
  voteA: first.vote,
  voteB: second.vote,
  receivedAtA: first.receivedAt,
  receivedAtB: second.receivedAt,
  detectedAt: second.receivedAt,
  reportedByPeerA: first.reportedByPeer,
  reportedByPeerB: second.reportedByPeer,
});
