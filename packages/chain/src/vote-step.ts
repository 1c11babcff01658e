import type { ConsensusVote } from '@zhtp/types';

/** The slots of a round and, of a height, the attestation. */
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
