import type { EvidenceFound } from '@zhtp/bft';
import {
  amnesia,
  duplicateProposal,
  duplicateVote,
  invalidProposal,
  invalidProposalOf,
  invalidVoteOf,
} from '@zhtp/chain';
import type { ConsensusProposal, ConsensusVote, Evidence } from '@zhtp/types';
import type { NodeContext } from '../node-context.ts';

/** What convicts somebody: found by the core, or two attestations of one height, which the core does not know. */
export type FoundEvidence =
  | EvidenceFound<ConsensusVote, ConsensusProposal>
  | { readonly _tag: 'TwoAttestations'; readonly first: ConsensusVote; readonly second: ConsensusVote };

/** What was found, in the form in which anybody can judge it. */
export const evidenceOf = (found: FoundEvidence): Evidence => {
  switch (found._tag) {
    case 'Equivocation':
      return duplicateVote(found.first.signed, found.second.signed);
    case 'TwoAttestations':
      return duplicateVote(found.first, found.second);
    case 'TwoProposals':
      return duplicateProposal(found.first.signed, found.second.signed);
    case 'Amnesia':
      return amnesia(found.precommit.signed, found.prevote.signed);
    case 'InvalidProposal':
      return invalidProposal(
        found.proposal.signed,
        found.against.map(({ signed }) => signed),
      );
  }
};

/** The one place through which evidence leaves, whoever found it. */
export const reportEvidence = (ctx: Pick<NodeContext, 'accuse'>, found: FoundEvidence): void => {
  ctx.accuse(evidenceOf(found));
};

/** A verified vote that no correct validator signs. */
export const accuseOfVote = (ctx: Pick<NodeContext, 'accuse'>, vote: ConsensusVote): void => {
  const evidence = invalidVoteOf(vote);
  if (evidence !== undefined) ctx.accuse(evidence);
};

/** A proposal whose signature holds and which no correct validator signs. */
export const accuseOfProposal = (ctx: Pick<NodeContext, 'accuse'>, proposal: ConsensusProposal): void => {
  const evidence = invalidProposalOf(proposal);
  if (evidence !== undefined) ctx.accuse(evidence);
};
