import { transactionCodec, transactionLocationCodec } from '@zhtp/ledger';
import { hashCodec, option, struct, text } from '@zhtp/types';

/** The answer of GET /transactions/:id. */
export const transactionAnswerCodec = struct('TransactionAnswer', {
  id: hashCodec,
  /** `included` or `pending`. */
  status: text(16),
  /** None while the transaction waits in the mempool. */
  location: option(transactionLocationCodec),
  transaction: option(transactionCodec),
});
