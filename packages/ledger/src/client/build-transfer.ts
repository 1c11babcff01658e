import type { IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { TransactionBody } from '../transaction.ts';
import { buildTransaction, type TransactionRequest } from './build-transaction.ts';

/** What a transfer needs; amounts in micro-ZHTP. */
export interface TransferRequest extends Omit<TransactionRequest, 'messages'> {
  readonly recipient: IdentityId;
  /** At least 1. */
  readonly amount: bigint;
}

/** A transfer ready to be signed. Throws on a value outside its range: user input belongs into `buildTransaction`. */
export const buildTransfer = ({ recipient, amount, ...request }: TransferRequest): TransactionBody => {
  const body = buildTransaction({ ...request, messages: [{ _tag: 'Transfer', recipient, amount }] });
  if (E.isLeft(body)) throw new RangeError(body.left.message);
  return body.right;
};
