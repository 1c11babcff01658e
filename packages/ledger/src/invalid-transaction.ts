import type { CheckTxResult } from '@zhtp/types';

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

/**
 * What no state of the chain would ever accept. A key is changed by its account's own transactions alone: what is not signed
 * with the key of the state it is next in never will be.
 */
const PROVABLE: ReadonlySet<InvalidTransactionCode> = new Set([
  'Undecodable',
  'WrongChain',
  'WrongAlgorithm',
  'KeyMismatch',
  'BadSignature',
]);

/** A transaction that no block may hold, and what to do about it. */
export interface InvalidTransaction {
  readonly _tag: 'InvalidTransaction';
  readonly code: InvalidTransactionCode;
  readonly reason: string;
  /** The next state may see it otherwise, whatever the code says. */
  readonly depends?: true;
}

export const invalidTransaction = (code: InvalidTransactionCode, reason: string): InvalidTransaction => ({
  _tag: 'InvalidTransaction',
  code,
  reason,
});

/** What `checkTx` answers for it. */
export const rejection = ({ code, reason, depends }: InvalidTransaction): CheckTxResult =>
  PROVABLE.has(code) && depends === undefined
    ? { _tag: 'Rejected', code, reason, provable: true }
    : { _tag: 'Rejected', code, reason };
