import { accusedBy, evidenceHeight } from '@zhtp/chain';
import {
  byzantineFaultTypeCodec,
  evidenceCodec,
  identityCodec,
  u64,
  type ByzantineFaultType,
  type Evidence,
  type IdentityId,
} from '@zhtp/types';

/** Something a validator is punished for at most once. */
export interface Offence {
  readonly validator: IdentityId;
  readonly faultType: ByzantineFaultType;
  readonly height: bigint;
}

const isOffence = (value: unknown): value is Offence =>
  typeof value === 'object' &&
  value !== null &&
  'validator' in value &&
  'faultType' in value &&
  'height' in value &&
  identityCodec.json.is(value.validator) &&
  byzantineFaultTypeCodec.json.is(value.faultType) &&
  u64.json.is(value.height);

/**
 * What is punished once: a double sign for ever, anything else once per height (economics.md, Offence key). So three
 * conflicting votes are one offence, whichever two of them somebody shows. None for what is no offence.
 */
export function offenceKey(offence: Offence): string;
export function offenceKey(offence: unknown): string | undefined;
export function offenceKey(offence: unknown): string | undefined {
  if (!isOffence(offence)) return undefined;
  const { validator, faultType, height } = offence;
  return faultType === 'DoubleSign' ? `${validator}/DoubleSign` : `${validator}/${faultType}/${String(height)}`;
}

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

/** The offence that evidence proves, if it holds: that is `verifyEvidence`'s question. None for what is no evidence. */
export function offenceOf(evidence: Evidence): Offence;
export function offenceOf(evidence: unknown): Offence | undefined;
export function offenceOf(evidence: unknown): Offence | undefined {
  return evidenceCodec.json.is(evidence)
    ? { validator: accusedBy(evidence), faultType: faultTypeOf(evidence), height: evidenceHeight(evidence) }
    : undefined;
}
