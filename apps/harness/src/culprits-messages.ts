import type { CollectedMessages } from '@zhtp/chain';
import type { CommitCertificate, ConsensusVote, Evidence, PeerMessage, SignedProposal } from '@zhtp/types';
import type { ShownFile } from './culprits-files.ts';

interface OfHeight {
  readonly votes: ConsensusVote[];
  readonly proposals: SignedProposal[];
  readonly certificates: CommitCertificate[];
}

interface Signed {
  readonly votes?: readonly ConsensusVote[];
  readonly proposals?: readonly SignedProposal[];
  readonly certificates?: readonly CommitCertificate[];
}

const signedIn = (message: PeerMessage): Signed => {
  if (message._tag === 'Vote') return { votes: [message.vote] };
  if (message._tag === 'Polka' || message._tag === 'Round') return { votes: message.votes };
  if (message._tag === 'Propose') return { proposals: [message.proposal] };
  return message._tag === 'Decision' ? { certificates: [message.committed.certificate] } : {};
};

/** Evidence is judged by the messages in it, like all others. */
const signedInEvidence = (evidence: Evidence): Signed => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return { votes: [evidence.voteA, evidence.voteB] };
    case 'DuplicateProposal':
      return { proposals: [evidence.proposalA, evidence.proposalB] };
    case 'Amnesia':
      return { votes: [evidence.precommit, evidence.prevote] };
    case 'InvalidProposal':
      return { votes: evidence.against, proposals: [evidence.proposal] };
    case 'InvalidVote':
    case 'InvalidProposalBytes':
      // It makes no fork: what was signed is no vote or proposal that anybody counts.
      return {};
  }
};

/** Signed messages of all files by height, heights ascending. */
export const collectByHeight = (
  files: readonly Pick<ShownFile, 'headers' | 'messages' | 'evidence'>[],
): ReadonlyMap<bigint, CollectedMessages> => {
  const heights = new Map<bigint, OfHeight>();
  const at = (height: bigint): OfHeight => {
    const known = heights.get(height) ?? { votes: [], proposals: [], certificates: [] };
    heights.set(height, known);
    return known;
  };
  const add = ({ votes = [], proposals = [], certificates = [] }: Signed): void => {
    for (const vote of votes) at(vote.height).votes.push(vote);
    for (const proposal of proposals) at(proposal.height).proposals.push(proposal);
    for (const certificate of certificates) at(certificate.height).certificates.push(certificate);
  };
  for (const { headers, messages, evidence } of files) {
    for (const { certificate } of headers) add({ certificates: [certificate] });
    for (const message of messages) add(signedIn(message));
    for (const piece of evidence) add(signedInEvidence(piece));
  }
  return new Map([...heights].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
