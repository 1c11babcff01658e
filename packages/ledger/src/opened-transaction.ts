import { schemeOf } from '@zhtp/crypto';
import { decode, type Hash, type SignatureCheck, type Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ChainContext } from './chain-context.ts';
import { invalidTransaction, type InvalidTransaction } from './invalid-transaction.ts';
import { transactionCodec, transactionIdOf, transactionSignBytes, type Transaction } from './transaction.ts';

/** A decoded transaction that passed every rule that needs no state. */
export interface OpenedTransaction {
  readonly transaction: Transaction;
  readonly id: Hash;
  readonly signBytes: Uint8Array;
  /** Length of the encoding it arrived in, which its fee is measured by. */
  readonly byteLength: number;
}

/** What was found out about a signature, and with which key: the executor takes this as input and stays pure. */
export type SignatureVerdict =
  | { readonly _tag: 'Judged'; readonly publicKey: Uint8Array; readonly validity: Validity }
  /** There was no key to check with: neither account nor transaction has one. */
  | { readonly _tag: 'NoKey' };

export interface JudgedTransaction extends OpenedTransaction {
  readonly verdict: SignatureVerdict;
  /** By message: of the signature it carries itself, valid where it carries none. */
  readonly messageValidity: readonly Validity[];
}

const decodeTransaction = decode(transactionCodec);

/** Decodes a transaction and checks it as far as that needs no state: encoding, chain, scheme, lengths. */
export const openTransaction = (
  chain: ChainContext,
  bytes: Uint8Array,
): Either<InvalidTransaction, OpenedTransaction> => {
  const decoded = decodeTransaction(bytes);
  if (E.isLeft(decoded)) return E.left(invalidTransaction('Undecodable', decoded.left.message));
  const transaction = decoded.right;
  const { chainId, publicKey, signature } = transaction;
  if (chainId !== chain.chainId)
    return E.left(
      invalidTransaction('WrongChain', `the transaction is for chain "${chainId}", this is "${chain.chainId}"`),
    );
  if (signature.algorithm !== chain.algorithm)
    return E.left(
      invalidTransaction('WrongAlgorithm', `signed with ${signature.algorithm}, this chain uses ${chain.algorithm}`),
    );
  const scheme = schemeOf(chain.algorithm);
  const signatureBytes = signature.signature.length;
  if (signatureBytes !== scheme.signatureBytes)
    return E.left(
      invalidTransaction(
        'BadSignature',
        `the signature has ${String(signatureBytes)} bytes, ${chain.algorithm} has ${String(scheme.signatureBytes)}`,
      ),
    );
  const keyBytes = O.isSome(publicKey) ? publicKey.value.length : scheme.publicKeyBytes;
  if (keyBytes !== scheme.publicKeyBytes)
    return E.left(
      invalidTransaction(
        'KeyMismatch',
        `publicKey has ${String(keyBytes)} bytes, ${chain.algorithm} has ${String(scheme.publicKeyBytes)}`,
      ),
    );
  const signBytes = transactionSignBytes(chain.genesisHash, transaction);
  return E.right({ transaction, id: transactionIdOf(signBytes), signBytes, byteLength: bytes.length });
};

/** The check of a transaction's signature with a given key. */
export const signatureCheckOf = (opened: OpenedTransaction, publicKey: Uint8Array): SignatureCheck => ({
  algorithm: opened.transaction.signature.algorithm,
  publicKey,
  domain: 'zhtp/transaction/v1',
  message: opened.signBytes,
  signature: opened.transaction.signature.signature,
});
