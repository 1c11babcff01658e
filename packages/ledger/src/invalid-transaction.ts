/** Names of the rules an included transaction cannot break: a block with one that does is invalid. */
export type InvalidTransactionCode =
  | 'Undecodable'
  | 'WrongChain'
  | 'WrongAlgorithm'
  | 'Expired'
  | 'UnknownSender'
  | 'NonceTooLow'
  | 'NonceTooHigh'
  | 'FeeTooLow'
  | 'CannotPayFee'
  | 'KeyMissing'
  | 'KeyRepeated'
  | 'KeyMismatch'
  | 'BadSignature';

/** A transaction that no block may hold, and what to do about it. */
export interface InvalidTransaction {
  readonly _tag: 'InvalidTransaction';
  readonly code: InvalidTransactionCode;
  readonly reason: string;
}

export const invalidTransaction = (code: InvalidTransactionCode, reason: string): InvalidTransaction => ({
  _tag: 'InvalidTransaction',
  code,
  reason,
});
