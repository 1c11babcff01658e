import { option as O } from 'fp-ts';
import type { NodeEvent } from '@zhtp/engine';
import type { ConsensusVote } from '@zhtp/types';

type Found = Extract<NodeEvent, { readonly _tag: 'EvidenceFound' }>['evidence'];
type CoreVote = Extract<Found, { readonly _tag: 'Equivocation' }>['first'];

/** A vote as a node shows it in evidence. */
export const coreVoteOf = (signed: ConsensusVote): CoreVote => ({
  vote: {
    kind: signed.voteType === 'PreCommit' ? 'precommit' : 'prevote',
    height: signed.height,
    round: signed.round,
    value: O.isSome(signed.proposalId) ? signed.proposalId.value : null,
    polRound: O.isSome(signed.polRound) ? signed.polRound.value : null,
    voter: signed.voter,
    against: null,
  },
  signed,
});
