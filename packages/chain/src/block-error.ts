/** Which rule a block breaks. Each of them is deterministic: all correct nodes refuse the same blocks (protocol.md). */
export type BlockErrorTag =
  | 'TooLarge'
  | 'WrongBodyHash'
  | 'WrongVersion'
  | 'WrongChain'
  | 'WrongHeight'
  | 'WrongParent'
  | 'WrongTime'
  | 'WrongCertificate'
  | 'WrongSet'
  | 'WrongParameters'
  | 'WrongDifficulty'
  | 'WrongState'
  | 'UnknownProposer'
  | 'WrongEvidence'
  | 'WrongEnvelope'
  | 'Undecodable';

/** A refused block: the rule, the field and both values. */
export interface BlockError {
  readonly _tag: BlockErrorTag;
  readonly field: string;
  readonly message: string;
}

export const blockError = (tag: BlockErrorTag, field: string, found: string, expected: string): BlockError => ({
  _tag: tag,
  field,
  message: `block ${field} is ${found}, expected ${expected}`,
});
