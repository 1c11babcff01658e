import { taggedHash } from '@zhtp/crypto';
import {
  array,
  CHAIN_ID_BYTES_MAX,
  encode,
  hashToBytes,
  identityCodec,
  option,
  putHex,
  refine,
  struct,
  text,
  u64,
  type Hash,
  type TypeOf,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { accountKeyCodec } from './account-key.ts';
import { accountSignatureCodec } from './account-signature.ts';
import { cutBytes } from './byte-arena.ts';
import { messageCodec } from './messages/message.ts';

/** Longest memo, UTF-8 bytes. */
export const MEMO_BYTES_MAX = 256;
/** Most messages of one transaction. */
export const MESSAGES_MAX = 16;

const messagesCodec = refine(array(messageCodec, MESSAGES_MAX), 'messages', (messages) =>
  messages.length === 0 ? 'a transaction has at least one message' : undefined,
);

const bodyFields = {
  /** For clear errors only: the signature binds to the genesis hash. */
  chainId: text(CHAIN_ID_BYTES_MAX),
  sender: identityCodec,
  /** Number of the sender's transactions before this one. */
  nonce: u64,
  /** micro-ZHTP, paid whether or not the messages succeed. */
  fee: u64,
  /** Last height that may include it; 0 is any. */
  expiryHeight: u64,
  memo: text(MEMO_BYTES_MAX),
  /** On the account's first transaction, and only there: the key or policy whose identity is the sender. */
  publicKey: option(accountKeyCodec),
  /** Applied in order, all of them or none. */
  messages: messagesCodec,
};

/** What the sender signs, after the genesis hash. */
export const transactionBodyCodec = struct('TransactionBody', bodyFields);
export type TransactionBody = TypeOf<typeof transactionBodyCodec>;

/**
 * A signed transaction. The key stands in the signed body, never in the signature: nobody can lengthen or shorten
 * someone else's transaction, which would change its price per byte.
 */
export const transactionCodec = refine(
  struct('Transaction', { ...bodyFields, signature: accountSignatureCodec }),
  'Transaction',
  ({ signature }) =>
    O.isSome(signature.publicKey) ? 'signature.publicKey must be none: the key belongs into publicKey' : undefined,
);
export type Transaction = TypeOf<typeof transactionCodec>;

const encodeBody = encode(transactionBodyCodec);

const HASH_BYTES = 32;

/** The canonical bytes under the signature, domain `zhtp/transaction/v1`: genesis hash, then the body (decisions.md §4). */
export const transactionSignBytes = (genesisHash: Hash, body: TransactionBody): Uint8Array => {
  const encoded = encodeBody(body);
  const signBytes = new Uint8Array(HASH_BYTES + encoded.length);
  signBytes.set(hashToBytes(genesisHash));
  signBytes.set(encoded, HASH_BYTES);
  return signBytes;
};

/** What stands around the signature itself, behind the body. */
const AROUND_SIGNATURE_BYTES = encode(accountSignatureCodec)({
  algorithm: 'ML-DSA-65',
  signature: new Uint8Array(0),
  publicKey: O.none,
}).length;

/** {@link transactionSignBytes} of a transaction that came as these bytes, which begin with its body's; for soon, not for long. */
export const signBytesWithin = (genesisHash: Hash, { signature }: Transaction, bytes: Uint8Array): Uint8Array => {
  const bodyLength = bytes.length - AROUND_SIGNATURE_BYTES - signature.signature.length;
  const signBytes = cutBytes(HASH_BYTES + bodyLength);
  putHex(signBytes, 0, genesisHash);
  signBytes.set(bytes.subarray(0, bodyLength), HASH_BYTES);
  return signBytes;
};

/**
 * A transaction's name: hash of what is signed, not of the signature, which may be hedged. One intention has one id
 * however often it is signed; the nonce lets only one of them be included.
 */
export const transactionIdOf = (signBytes: Uint8Array): Hash => taggedHash('zhtp/transaction-id/v1', signBytes);
