import { either as E, option as O } from 'fp-ts';
import type { Proposal, SignedProposal, SignedVote, Vote } from '@zhtp/bft';
import { hash, type ConsensusProposal, type ConsensusVote, type Hash } from '@zhtp/types';

/*
 * Between the messages of the wire and the core's own words. The core knows values by id and nil by null; the wire has
 * four vote types, two of which take the prevote slot (decisions.md §5).
 */

/** A vote as the core counts it; undefined for an attestation, which the core does not know. */
export const coreVote = (vote: ConsensusVote): SignedVote<ConsensusVote> | undefined => {
  const proposalId = O.toNullable(vote.proposalId);
  const { height, round, voter } = vote;
  switch (vote.voteType) {
    case 'PreVote':
      return {
        vote: {
          kind: 'prevote',
          height,
          round,
          voter,
          value: proposalId,
          against: null,
          polRound: O.toNullable(vote.polRound),
        },
        signed: vote,
      };
    case 'Against':
      return {
        vote: { kind: 'prevote', height, round, voter, value: null, against: proposalId, polRound: null },
        signed: vote,
      };
    case 'PreCommit':
      return {
        vote: { kind: 'precommit', height, round, voter, value: proposalId, against: null, polRound: null },
        signed: vote,
      };
    case 'Commit':
      return undefined;
  }
};

export const coreProposal = (proposal: ConsensusProposal): SignedProposal<ConsensusProposal> => ({
  proposal: {
    height: proposal.height,
    round: proposal.round,
    value: proposal.id,
    validRound: O.toNullable(proposal.validRound),
    proposer: proposal.proposer,
  },
  signed: proposal,
});

/** The core hands back ids it was given; anything else is a broken invariant. */
export const blockIdOfValue = (value: string): Hash => {
  const id = hash(value);
  if (E.isLeft(id)) throw new Error(`broken invariant in engine: the core named no block id: ${id.left}`);
  return id.right;
};

/** The vote type on the wire for a vote the core wants signed, and the proposal it names. */
export const wireVote = (vote: Vote): Pick<ConsensusVote, 'voteType' | 'proposalId' | 'polRound'> => {
  if (vote.kind === 'precommit')
    return { voteType: 'PreCommit', proposalId: O.map(blockIdOfValue)(O.fromNullable(vote.value)), polRound: O.none };
  if (vote.against !== null)
    return { voteType: 'Against', proposalId: O.some(blockIdOfValue(vote.against)), polRound: O.none };
  return {
    voteType: 'PreVote',
    proposalId: O.map(blockIdOfValue)(O.fromNullable(vote.value)),
    polRound: O.fromNullable(vote.polRound),
  };
};

/** Validity of rounds on the wire is checked by the codec; the core speaks of the same fields. */
export const wireValidRound = (proposal: Proposal): ConsensusProposal['validRound'] =>
  O.fromNullable(proposal.validRound);
