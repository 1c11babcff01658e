import { taggedHash } from '@zhtp/crypto';
import {
  bytesToHex,
  encode,
  type ConsensusVote,
  type Evidence,
  type Hash,
  type IdentityId,
  type SignatureCheck,
  type SignedProposal,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { evidenceError, type EvidenceError } from './evidence-error.ts';
import { malformedProposal, malformedVote } from './evidence-message.ts';
import { bodyOfBytes, heightOfBytes, invalidBytesChecks, type EvidenceOfBytes } from './invalid-bytes.ts';
import { invalidProposalChecks, refutedContent } from './invalid-proposal.ts';
import { signedProposalOf } from './proposal.ts';
import { proposalContentCodec, voteContentCodec } from './sign-bytes.ts';
import { proposalCheck, voteCheck, type SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';
import type { VerifySignature } from './verify-now.ts';
import { withoutExtension } from './vote-id.ts';
import { stepOfVote } from './vote-step.ts';

const voteContent = encode(voteContentCodec);
const proposalContent = encode(proposalContentCodec);

const bodiesOf = (evidence: Evidence): readonly [Uint8Array, Uint8Array] => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return [voteContent(evidence.voteA), voteContent(evidence.voteB)];
    case 'DuplicateProposal':
      return [proposalContent(evidence.proposalA), proposalContent(evidence.proposalB)];
    case 'Amnesia':
      return [voteContent(evidence.precommit), voteContent(evidence.prevote)];
    case 'InvalidProposal':
      return [refutedContent(evidence.proposal), refutedContent(evidence.proposal)];
    case 'InvalidVote':
    case 'InvalidProposalBytes':
      return [bodyOfBytes(evidence), bodyOfBytes(evidence)];
  }
};

/** Two bodies of one kind in byte order; hex order is byte order, and the kinds of content are prefix-free. */
const inOrder = (a: Uint8Array, b: Uint8Array): boolean => bytesToHex(a) <= bytesToHex(b);

/**
 * Identity of evidence: hash of kind and of the two signed bodies, sorted. Signatures are not in it, and the contents
 * are, so no bogus report blocks a genuine one. It only removes duplicates (economics.md, Faults and penalties).
 */
export const evidenceIdOf = (evidence: Evidence): Hash => {
  const [a, b] = bodiesOf(evidence);
  return taggedHash(`zhtp/evidence/${evidence._tag}/v1`, ...(inOrder(a, b) ? [a, b] : [b, a]));
};

/** Who is accused. */
export const accusedBy = (evidence: Evidence): IdentityId => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return evidence.voteA.voter;
    case 'DuplicateProposal':
      return evidence.proposalA.proposer;
    case 'Amnesia':
      return evidence.precommit.voter;
    case 'InvalidProposal':
      return evidence.proposal.proposer;
    case 'InvalidVote':
    case 'InvalidProposalBytes':
      return evidence.signer;
  }
};

/** Height of the offence: the set that judges it is the frozen set of this height. */
export const evidenceHeight = (evidence: Evidence): bigint => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return evidence.voteA.height;
    case 'DuplicateProposal':
      return evidence.proposalA.height;
    case 'Amnesia':
      return evidence.precommit.height;
    case 'InvalidProposal':
      return evidence.proposal.height;
    case 'InvalidVote':
    case 'InvalidProposalBytes':
      return heightOfBytes(evidence);
  }
};

/** Evidence of two votes of one slot, in its one canonical form. Says nothing of whether it holds. */
export const duplicateVote = (a: ConsensusVote, b: ConsensusVote): Evidence =>
  inOrder(voteContent(a), voteContent(b))
    ? { _tag: 'DuplicateVote', voteA: withoutExtension(a), voteB: withoutExtension(b) }
    : { _tag: 'DuplicateVote', voteA: withoutExtension(b), voteB: withoutExtension(a) };

/** Evidence of two proposals of one round, in its one canonical form; bodies are left out. */
export const duplicateProposal = (a: SignedProposal, b: SignedProposal): Evidence =>
  inOrder(proposalContent(a), proposalContent(b))
    ? { _tag: 'DuplicateProposal', proposalA: signedProposalOf(a), proposalB: signedProposalOf(b) }
    : { _tag: 'DuplicateProposal', proposalA: signedProposalOf(b), proposalB: signedProposalOf(a) };

/** Evidence of a precommit forgotten in a later prevote. */
export const amnesia = (precommit: ConsensusVote, prevote: ConsensusVote): Evidence => ({
  _tag: 'Amnesia',
  precommit: withoutExtension(precommit),
  prevote: withoutExtension(prevote),
});

const describe = (vote: ConsensusVote): string =>
  `${vote.voteType} of ${vote.voter} at height ${String(vote.height)}, round ${String(vote.round)}`;

const conflictOfVotes = (a: ConsensusVote, b: ConsensusVote): EvidenceError | undefined => {
  if (a.voter !== b.voter || a.height !== b.height || a.round !== b.round || stepOfVote(a) !== stepOfVote(b))
    return evidenceError('DifferentSlots', `${describe(a)} and ${describe(b)} are not in one slot`);
  const [first, second] = [voteContent(a), voteContent(b)];
  if (bytesToHex(first) === bytesToHex(second))
    return evidenceError('SameContent', `both votes say the same, ${describe(a)}; signatures are not compared`);
  return inOrder(first, second)
    ? undefined
    : evidenceError('NotCanonical', 'votes are not in the order of their signed bytes');
};

const conflictOfProposals = (a: SignedProposal, b: SignedProposal): EvidenceError | undefined => {
  const keyed = malformedProposal(a) ?? malformedProposal(b);
  if (keyed !== undefined) return keyed;
  if (a.proposer !== b.proposer || a.height !== b.height || a.round !== b.round)
    return evidenceError('DifferentSlots', 'proposals are not of one proposer, height and round');
  const [first, second] = [proposalContent(a), proposalContent(b)];
  if (bytesToHex(first) === bytesToHex(second))
    return evidenceError('SameContent', 'both proposals say the same; signatures are not compared');
  return inOrder(first, second)
    ? undefined
    : evidenceError('NotCanonical', 'proposals are not in the order of their signed bytes');
};

/**
 * A precommit for X at round p and a prevote for Y ≠ X at r > p of the same height whose polRound is none or below p. A
 * claim polRound ≥ p convicts nobody here (protocol.md, Evidence and accountability).
 */
const conflictOfLock = (precommit: ConsensusVote, prevote: ConsensusVote): EvidenceError | undefined => {
  if (precommit.voter !== prevote.voter || precommit.height !== prevote.height)
    return evidenceError(
      'DifferentSlots',
      `${describe(precommit)} and ${describe(prevote)} are not of one voter and height`,
    );
  if (precommit.voteType !== 'PreCommit' || prevote.voteType !== 'PreVote')
    return evidenceError(
      'NoConflict',
      `amnesia is a PreCommit and a later PreVote, not ${precommit.voteType} and ${prevote.voteType}`,
    );
  if (O.isNone(precommit.proposalId) || O.isNone(prevote.proposalId))
    return evidenceError('NoConflict', 'a nil vote neither locks nor breaks a lock');
  if (precommit.proposalId.value === prevote.proposalId.value)
    return evidenceError('NoConflict', 'both votes are for the same block');
  if (prevote.round <= precommit.round)
    return evidenceError(
      'NoConflict',
      `prevote of round ${String(prevote.round)} is not later than the precommit of round ${String(precommit.round)}`,
    );
  return O.isSome(prevote.polRound) && prevote.polRound.value >= precommit.round
    ? evidenceError(
        'NoConflict',
        `prevote claims a polka of round ${String(prevote.polRound.value)}, which may have unlocked it`,
      )
    : undefined;
};

/** Evidence of two messages of one signer. */
type EvidenceOfTwo = Exclude<Evidence, { readonly _tag: 'InvalidProposal' } | EvidenceOfBytes>;

const conflict = (evidence: EvidenceOfTwo): EvidenceError | undefined => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return conflictOfVotes(evidence.voteA, evidence.voteB);
    case 'DuplicateProposal':
      return conflictOfProposals(evidence.proposalA, evidence.proposalB);
    case 'Amnesia':
      return conflictOfLock(evidence.precommit, evidence.prevote);
  }
};

const votesOf = (evidence: EvidenceOfTwo): readonly ConsensusVote[] => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return [evidence.voteA, evidence.voteB];
    case 'DuplicateProposal':
      return [];
    case 'Amnesia':
      return [evidence.precommit, evidence.prevote];
  }
};

const signatureChecks = (context: SigningContext, key: Uint8Array, evidence: EvidenceOfTwo) =>
  evidence._tag === 'DuplicateProposal'
    ? [proposalCheck(context, key, evidence.proposalA), proposalCheck(context, key, evidence.proposalB)]
    : votesOf(evidence).map((vote) => voteCheck(context, key, vote));

/**
 * Whether messages convict their signer, up to the signatures that remain to be verified. Contents are compared, signatures
 * never.
 * @param set the frozen set of {@link evidenceHeight}
 */
export const evidenceChecks = (
  context: SigningContext,
  set: SignerSet,
  evidence: Evidence,
): Either<EvidenceError, readonly SignatureCheck[]> => {
  if (evidence._tag === 'InvalidProposal') return invalidProposalChecks(context, set, evidence);
  if (evidence._tag === 'InvalidVote' || evidence._tag === 'InvalidProposalBytes')
    return invalidBytesChecks(context, set, evidence);
  const wrong =
    conflict(evidence) ??
    votesOf(evidence)
      .map(malformedVote)
      .find((found) => found !== undefined);
  if (wrong !== undefined) return E.left(wrong);
  const signer = memberOf(set, accusedBy(evidence));
  if (signer === undefined)
    return E.left(
      evidenceError(
        'UnknownSigner',
        `${accusedBy(evidence)} is not in the set of height ${String(evidenceHeight(evidence))}`,
      ),
    );
  return pipe(
    E.sequenceArray(signatureChecks(context, signer.consensusKey, evidence)),
    E.mapLeft((reason) => evidenceError('WrongScheme', reason)),
  );
};

/** {@link evidenceChecks} with the signatures verified here and now. */
export const verifyEvidence = (
  context: SigningContext,
  set: SignerSet,
  evidence: Evidence,
  verify: VerifySignature,
): Either<EvidenceError, void> =>
  pipe(
    evidenceChecks(context, set, evidence),
    E.chain((checks) =>
      checks.every((check) => verify(check) === 'valid')
        ? E.right(undefined)
        : E.left(
            evidenceError('InvalidSignature', `a signature does not hold, so ${accusedBy(evidence)} is not convicted`),
          ),
    ),
  );
