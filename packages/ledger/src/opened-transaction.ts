import { decode, type Hash, type SignatureCheck, type Validity } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { readAccountKey } from './account-key.ts';
import { signedParts, splitSignature } from './account-signature.ts';
import type { ChainContext } from './chain-context.ts';
import { invalidTransaction, type InvalidTransaction } from './invalid-transaction.ts';
import { signBytesWithin, transactionCodec, transactionIdOf, type Transaction } from './transaction.ts';

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

/** A transaction whose signatures have their verdicts. */
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
  const parts = splitSignature(chain.algorithm, signature.signature);
  if (E.isLeft(parts)) return E.left(invalidTransaction('BadSignature', parts.left));
  const key = O.isSome(publicKey) ? readAccountKey(chain.algorithm, publicKey.value) : E.right(undefined);
  if (E.isLeft(key)) return E.left(invalidTransaction('KeyMismatch', `publicKey: ${key.left}`));
  const signBytes = signBytesWithin(chain.genesisHash, transaction, bytes);
  return E.right({ transaction, id: transactionIdOf(signBytes), signBytes, byteLength: bytes.length });
};

/**
 * The checks of a transaction's signature with an account key, which must all hold: one, or one for each signer of a policy.
 * None where the signature is not of the key's form, or not by as many as the policy asks for.
 */
export const signatureChecksOf = (
  { transaction, signBytes }: OpenedTransaction,
  accountKey: Uint8Array,
): readonly SignatureCheck[] => {
  const { algorithm, signature } = transaction.signature;
  return signedParts(algorithm, accountKey, signature).map((part) => ({
    algorithm,
    ...part,
    domain: 'zhtp/transaction/v1',
    message: signBytes,
  }));
};
