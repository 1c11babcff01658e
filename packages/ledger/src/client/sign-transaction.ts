import { signMessage, type SigningOptions } from '@zhtp/crypto';
import { encode, type Hash, type KeyPair } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  transactionCodec,
  transactionIdOf,
  transactionSignBytes,
  type Transaction,
  type TransactionBody,
} from '../transaction.ts';

/** A signed transaction, its bytes for `checkTx` or a broadcast, and the id under which it will be found. */
export interface SignedTransaction {
  readonly transaction: Transaction;
  readonly bytes: Uint8Array;
  readonly id: Hash;
}

const encodeTransaction = encode(transactionCodec);

/** Signs for one chain: the signature holds under this genesis only. Hedged unless the options say otherwise. */
export const signTransaction = (
  body: TransactionBody,
  keyPair: KeyPair,
  genesisHash: Hash,
  options: SigningOptions = {},
): SignedTransaction => {
  const signBytes = transactionSignBytes(genesisHash, body);
  const signature = signMessage(keyPair, 'zhtp/transaction/v1', signBytes, options);
  const transaction: Transaction = {
    ...body,
    signature: { algorithm: keyPair.algorithm, signature, publicKey: O.none },
  };
  return { transaction, bytes: encodeTransaction(transaction), id: transactionIdOf(signBytes) };
};
