import type { Evidence } from '@zhtp/types';

/** What evidence against this validator itself tells its operator, who believes that it follows the rules. */
export const explainOwnEvidence = (kind: Evidence['_tag']): string => {
  switch (kind) {
    case 'DuplicateVote':
    case 'DuplicateProposal':
    case 'Amnesia':
      return 'evidence against this validator found: another machine signs with its key; stop one of them';
    case 'InvalidProposal':
      return 'evidence against this validator found: more than two thirds voted against its proposal; compare its version and application with theirs, or find the machine that has its key besides';
    case 'InvalidVote':
    case 'InvalidProposalBytes':
      return 'evidence against this validator found: bytes were signed with its key that this program never signs; find the machine that has the key besides';
  }
};
