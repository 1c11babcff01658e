import { accusedBy, evidenceHeight } from '@zhtp/chain';
import type { ByzantineFaultType, Evidence, IdentityId } from '@zhtp/types';

/** Something a validator is punished for at most once. */
export interface Offence {
  readonly validator: IdentityId;
  readonly faultType: ByzantineFaultType;
  readonly height: bigint;
}

/**
 * What is punished once: a double sign for ever, anything else once per height (economics.md, Offence key). So three
 * conflicting votes are one offence, whichever two of them somebody shows.
 */
export const offenceKey = ({ validator, faultType, height }: Offence): string =>
  faultType === 'DoubleSign' ? `${validator}/DoubleSign` : `${validator}/${faultType}/${String(height)}`;

const faultTypeOf = (evidence: Evidence): ByzantineFaultType => {
  switch (evidence._tag) {
    case 'DuplicateVote':
    case 'DuplicateProposal':
    case 'Amnesia':
      return 'DoubleSign';
    case 'InvalidProposal':
    case 'InvalidProposalBytes':
      return 'InvalidProposal';
    case 'InvalidVote':
      return 'InvalidVote';
  }
};

/** The offence that evidence proves, if it holds: that is `verifyEvidence`'s question. */
export const offenceOf = (evidence: Evidence): Offence => ({
  validator: accusedBy(evidence),
  faultType: faultTypeOf(evidence),
  height: evidenceHeight(evidence),
});
