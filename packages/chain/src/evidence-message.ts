import type { ConsensusVote, SignedProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { evidenceError, type EvidenceError } from './evidence-error.ts';
import { checkVoteId } from './vote-id.ts';

/** What is wrong with the form of a vote in evidence, whatever it is evidence of. */
export const malformedVote = (vote: ConsensusVote): EvidenceError | undefined => {
  const id = checkVoteId(vote);
  if (E.isLeft(id)) return evidenceError('WrongId', id.left);
  return O.isSome(vote.extension) || O.isSome(vote.extensionSignature)
    ? evidenceError('NotCanonical', 'votes in evidence carry no extension')
    : undefined;
};

/** The same of a proposal. A key would be trusted by nobody and could make one proposal's evidence any length. */
export const malformedProposal = ({ signature }: SignedProposal): EvidenceError | undefined =>
  O.isSome(signature.publicKey)
    ? evidenceError('NotCanonical', 'proposals in evidence carry no public key: it comes from the validator set')
    : undefined;
