import { schemeOf, signMessage, verifyMessage, type SigningOptions } from '@zhtp/crypto';
import { encode, equalBytes, type Hash, type KeyPair, type SignatureAlgorithm } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { readAccountKey } from '../account-key.ts';
import { joinParts, type PartSignature } from '../account-signature.ts';
import { transactionCodec, transactionIdOf, transactionSignBytes, type TransactionBody } from '../transaction.ts';
import { invalidRequest, type InvalidRequest } from './invalid-request.ts';
import type { SignedTransaction } from './sign-transaction.ts';

/** One holder's signature under a transaction of a multi-signature account. */
export interface Cosignature {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs as one of the holders of a policy. All of them sign the same body, in any order, apart from each other. */
export const cosignTransaction = (
  body: TransactionBody,
  keyPair: KeyPair,
  genesisHash: Hash,
  options: SigningOptions = {},
): Cosignature => ({
  publicKey: keyPair.publicKey,
  signature: signMessage(keyPair, 'zhtp/transaction/v1', transactionSignBytes(genesisHash, body), options),
});

/** What cosignatures are put together for. */
export interface Assembly {
  readonly body: TransactionBody;
  readonly algorithm: SignatureAlgorithm;
  /** The account's key: a policy's, from `multisigKey`. */
  readonly accountKey: Uint8Array;
  readonly genesisHash: Hash;
}

const partOf = (
  { algorithm, body, genesisHash }: Assembly,
  keys: readonly Uint8Array[],
  { publicKey, signature }: Cosignature,
  field: string,
): Either<InvalidRequest, PartSignature<number>> => {
  const signer = keys.findIndex((key) => equalBytes(key, publicKey));
  if (signer < 0) return invalidRequest(`${field}.publicKey`, 'no key of the policy');
  const message = transactionSignBytes(genesisHash, body);
  return verifyMessage(algorithm, publicKey, 'zhtp/transaction/v1', message, signature) === 'valid'
    ? E.right({ signer, signature })
    : invalidRequest(`${field}.signature`, `not by key ${String(signer)} of the policy over this body and chain`);
};

const encodeTransaction = encode(transactionCodec);

/**
 * The transaction in the form it will have with signatures, of which none holds: to ask a node what its chain would say
 * (`tryMessages`) before anybody is asked to sign. Left: what is wrong with the key.
 */
export const unsignedTransaction = ({
  algorithm,
  body,
  accountKey,
}: Omit<Assembly, 'genesisHash'>): Either<InvalidRequest, Uint8Array> => {
  const key = readAccountKey(algorithm, accountKey);
  if (E.isLeft(key)) return invalidRequest('accountKey', key.left);
  const signature = new Uint8Array(schemeOf(algorithm).signatureBytes);
  const signers = key.right._tag === 'Single' ? 0 : key.right.threshold;
  const blank =
    signers === 0
      ? signature
      : joinParts(
          algorithm,
          Array.from({ length: signers }, (_, signer) => ({ signer, signature })),
        );
  return E.right(encodeTransaction({ ...body, signature: { algorithm, signature: blank, publicKey: O.none } }));
};

/**
 * The transaction that as many holders have signed as the policy asks for; of more, the first of them in the policy's order.
 * Each signature is verified: the one that does not hold is named.
 */
export const assembleTransaction = (
  assembly: Assembly,
  cosignatures: readonly Cosignature[],
): Either<InvalidRequest, SignedTransaction> => {
  const { algorithm, body, accountKey, genesisHash } = assembly;
  const key = readAccountKey(algorithm, accountKey);
  if (E.isLeft(key)) return invalidRequest('accountKey', key.left);
  if (key.right._tag === 'Single')
    return invalidRequest('accountKey', 'one key and no policy: its transactions are signed with signTransaction');
  const { threshold, keys } = key.right;
  const parts = new Map<number, PartSignature<number>>();
  for (const [i, cosignature] of cosignatures.entries()) {
    const part = partOf(assembly, keys, cosignature, `cosignatures.${String(i)}`);
    if (E.isLeft(part)) return part;
    parts.set(part.right.signer, part.right);
  }
  if (parts.size < threshold)
    return invalidRequest(
      'cosignatures',
      `${String(parts.size)} holders signed, the policy asks for ${String(threshold)}`,
    );
  const chosen = [...parts.values()].sort((a, b) => a.signer - b.signer).slice(0, threshold);
  const signature = { algorithm, signature: joinParts(algorithm, chosen), publicKey: O.none };
  const transaction = { ...body, signature };
  return E.right({
    transaction,
    bytes: encodeTransaction(transaction),
    id: transactionIdOf(transactionSignBytes(genesisHash, body)),
  });
};
