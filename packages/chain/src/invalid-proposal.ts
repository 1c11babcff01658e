import { isQuorum } from '@zhtp/bft';
import { encode, type ConsensusVote, type Evidence, type SignatureCheck, type SignedProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { evidenceError, type EvidenceError } from './evidence-error.ts';
import { malformedProposal, malformedVote } from './evidence-message.ts';
import { signedProposalOf } from './proposal.ts';
import { proposalContentCodec } from './sign-bytes.ts';
import { proposalCheck, voteCheck, type SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';
import { withoutExtension } from './vote-id.ts';

type InvalidProposal = Extract<Evidence, { readonly _tag: 'InvalidProposal' }>;

/** What makes two accusations of one proposal the same one, whoever voted against it in them. */
export const refutedContent: (proposal: SignedProposal) => Uint8Array = encode(proposalContentCodec);

/**
 * Evidence of an invalid proposal: its signed part and the Against votes that name it, in identity order; none for one
 * whose signed bytes refute themselves (protocol.md, Evidence and accountability).
 */
export const invalidProposal = (proposal: SignedProposal, against: readonly ConsensusVote[]): Evidence => ({
  _tag: 'InvalidProposal',
  proposal: signedProposalOf(proposal),
  against: against.toSorted((a, b) => (a.voter < b.voter ? -1 : 1)).map(withoutExtension),
});

/** Signed bytes that no state could make right: a valid round that is not an earlier round. */
const refutesItself = ({ round, validRound }: SignedProposal): boolean =>
  O.isSome(validRound) && validRound.value >= round;

const wrongVote = (vote: ConsensusVote, proposal: SignedProposal): EvidenceError | undefined => {
  const malformed = malformedVote(vote);
  if (malformed !== undefined) return malformed;
  if (vote.voteType !== 'Against' || O.toNullable(vote.proposalId) !== proposal.id)
    return evidenceError('NoConflict', `the ${vote.voteType} of ${vote.voter} is not Against ${proposal.id}`);
  return vote.height === proposal.height && vote.round === proposal.round
    ? undefined
    : evidenceError(
        'DifferentSlots',
        `${vote.voter} voted at height ${String(vote.height)}, round ${String(vote.round)}, the proposal is of height ${String(proposal.height)}, round ${String(proposal.round)}`,
      );
};

/** Voters strictly rising: each counts once. */
const wrongOrder = (against: readonly ConsensusVote[]): EvidenceError | undefined =>
  against.some(({ voter }, i) => voter <= (against[i - 1]?.voter ?? ''))
    ? evidenceError('NotCanonical', 'Against votes are not one per voter in identity order')
    : undefined;

const powerAgainst = (set: SignerSet, against: readonly ConsensusVote[]): bigint =>
  against.reduce((sum, { voter }) => sum + (memberOf(set, voter)?.votingPower ?? 0n), 0n);

const unproven = (set: SignerSet, { proposal, against }: InvalidProposal): EvidenceError | undefined => {
  if (refutesItself(proposal))
    return against.length === 0
      ? undefined
      : evidenceError('NotCanonical', 'a proposal that refutes itself needs no votes against it');
  const wrong = against.map((vote) => wrongVote(vote, proposal)).find((found) => found !== undefined);
  if (wrong !== undefined) return wrong;
  const power = powerAgainst(set, against);
  return (
    wrongOrder(against) ??
    (isQuorum(power, set.totalPower)
      ? undefined
      : evidenceError(
          'NotEnoughPower',
          `${String(power)} of ${String(set.totalPower)} power voted against ${proposal.id}, it must be more than two thirds`,
        ))
  );
};

/** {@link evidenceChecks} of an invalid proposal: the proposer's signature, then those of the voters. */
export const invalidProposalChecks = (
  context: SigningContext,
  set: SignerSet,
  evidence: InvalidProposal,
): Either<EvidenceError, readonly SignatureCheck[]> => {
  const { proposal, against } = evidence;
  const wrong = malformedProposal(proposal) ?? unproven(set, evidence);
  if (wrong !== undefined) return E.left(wrong);
  const stranger = [proposal.proposer, ...against.map(({ voter }) => voter)].find((id) => set.indexOf(id) < 0);
  if (stranger !== undefined)
    return E.left(evidenceError('UnknownSigner', `${stranger} is not in the set of height ${String(proposal.height)}`));
  const keyOf = (identity: typeof proposal.proposer): Uint8Array =>
    memberOf(set, identity)?.consensusKey ?? new Uint8Array(0);
  return pipe(
    E.sequenceArray([
      proposalCheck(context, keyOf(proposal.proposer), proposal),
      ...against.map((vote) => voteCheck(context, keyOf(vote.voter), vote)),
    ]),
    E.mapLeft((reason) => evidenceError('WrongScheme', reason)),
  );
};
