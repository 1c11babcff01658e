import { identityOf, schemeOf, signMessage, type SigningOptions } from '@zhtp/crypto';
import {
  encode,
  type Hash,
  type IdentityId,
  type KeyPair,
  type PostQuantumSignature,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { LedgerParameters } from './parameters.ts';
import {
  transactionCodec,
  transactionIdOf,
  transactionSignBytes,
  type Transaction,
  type TransactionBody,
} from './transaction.ts';
import { minimumFee } from './transaction-rules.ts';

/** The account that a key founds (decisions.md §4). */
export const accountIdentity = ({ algorithm, publicKey }: Pick<KeyPair, 'algorithm' | 'publicKey'>): IdentityId =>
  identityOf(algorithm, publicKey);

/** What a transfer needs; amounts in micro-ZHTP. */
export interface TransferRequest {
  readonly chainId: string;
  /** The sender's keys; the secret one is not looked at. */
  readonly sender: Pick<KeyPair, 'algorithm' | 'publicKey'>;
  /** The sender's account: its nonce and whether the chain knows its key already. */
  readonly account: { readonly nonce: bigint; readonly publicKey: O.Option<Uint8Array> };
  readonly recipient: IdentityId;
  /** At least 1. */
  readonly amount: bigint;
  /** Left out: the least that `parameters` allow. */
  readonly fee?: bigint;
  readonly parameters: LedgerParameters;
  /** At most 256 bytes of UTF-8. */
  readonly memo?: string;
  /** Last height that may include it; left out or 0: any. */
  readonly expiryHeight?: bigint;
}

const unsigned = (algorithm: SignatureAlgorithm): PostQuantumSignature => ({
  algorithm,
  signature: new Uint8Array(schemeOf(algorithm).signatureBytes),
  publicKey: O.none,
});

/** Length of the signed transaction's encoding, which its fee is measured by. */
export const transactionByteLength = (body: TransactionBody, algorithm: SignatureAlgorithm): number =>
  encode(transactionCodec)({ ...body, signature: unsigned(algorithm) }).length;

/** A transfer ready to be signed. Throws on a value outside its range: check user input first. */
export const buildTransfer = (request: TransferRequest): TransactionBody => {
  const { chainId, sender, account, recipient, amount, fee, parameters, memo = '', expiryHeight = 0n } = request;
  const body: TransactionBody = {
    chainId,
    sender: accountIdentity(sender),
    nonce: account.nonce,
    fee: fee ?? 0n,
    expiryHeight,
    memo,
    publicKey: O.isSome(account.publicKey) ? O.none : O.some(sender.publicKey),
    messages: [{ _tag: 'Transfer', recipient, amount }],
  };
  return fee === undefined
    ? { ...body, fee: minimumFee(parameters, transactionByteLength(body, sender.algorithm)) }
    : body;
};

/** A signed transaction, its bytes for `checkTx` or a broadcast, and the id under which it will be found. */
export interface SignedTransaction {
  readonly transaction: Transaction;
  readonly bytes: Uint8Array;
  readonly id: Hash;
}

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
  return { transaction, bytes: encode(transactionCodec)(transaction), id: transactionIdOf(signBytes) };
};
