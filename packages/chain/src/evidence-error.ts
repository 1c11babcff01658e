/** Why evidence convicts nobody. */
export interface EvidenceError {
  readonly _tag:
    | 'DifferentSlots'
    | 'SameContent'
    | 'NoConflict'
    | 'NotCanonical'
    | 'NotEnoughPower'
    | 'WrongId'
    | 'WrongScheme'
    | 'UnknownSigner'
    | 'InvalidSignature';
  readonly message: string;
}

export const evidenceError = (tag: EvidenceError['_tag'], message: string): EvidenceError => ({
  _tag: tag,
  message: `evidence: ${message}`,
});
