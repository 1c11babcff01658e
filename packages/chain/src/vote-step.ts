import type { ConsensusVote } from '@zhtp/types';

export type VoteStep = 'prevote' | 'precommit' | 'attestation';

/** PreVote and Against share a slot; so the step, not the type, is compared (decisions.md §5). */
export const stepOfVote = ({ voteType }: Pick<ConsensusVote, 'voteType'>): VoteStep => {
  switch (voteType) {
    case 'PreVote':
    case 'Against':
      return 'prevote';
    case 'PreCommit':
      return 'precommit';
    case 'Commit':
      return 'attestation';
  }
};
