import {
  causeText,
  encode,
  equalBytes,
  signatureAlgorithmCodec,
  type IdentityId,
  type KeyPair,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { readAccountKey } from '../account-key.ts';
import { accountSignatureBytes } from '../account-signature.ts';
import type { LedgerMessage } from '../messages/message.ts';
import type { LedgerParameters } from '../parameters.ts';
import { transactionBodyCodec, transactionCodec, type TransactionBody } from '../transaction.ts';
import { checkNonce, minimumFee } from '../transaction-rules.ts';
import { accountIdentity } from './account-identity.ts';
import { invalidRequest, type InvalidRequest } from './invalid-request.ts';

/** Whose transaction it is: the key that will sign (of a policy, what `multisigKey` gives); no secret is looked at. */
export interface Sender extends Pick<KeyPair, 'algorithm' | 'publicKey'> {
  /** Of an account whose key was changed; left out it is the one that the key founds. */
  readonly identity?: IdentityId;
}

/** What a transaction needs; amounts in micro-ZHTP. */
export interface TransactionRequest {
  readonly chainId: string;
  readonly sender: Sender;
  /** The sender's account: its nonce and whether the chain knows its key already. */
  readonly account: { readonly nonce: bigint; readonly publicKey: Option<Uint8Array> };
  /** 1 to 16, applied in order, all of them or none. */
  readonly messages: readonly LedgerMessage[];
  /** Left out: the least that `parameters` allow. */
  readonly fee?: bigint;
  readonly parameters: LedgerParameters;
  /** At most 256 bytes of UTF-8. */
  readonly memo?: string;
  /** Last height that may include it; left out or 0: any. */
  readonly expiryHeight?: bigint;
}

const encodeTransaction = encode(transactionCodec);
const encodeBody = encode(transactionBodyCodec);

/**
 * Length of the signed transaction's encoding, which its fee is measured by.
 * @param accountKey a policy, where not one key signs
 */
export const transactionByteLength = (
  body: TransactionBody,
  algorithm: SignatureAlgorithm,
  accountKey?: Uint8Array,
): number => {
  const signature = new Uint8Array(accountSignatureBytes(algorithm, accountKey));
  return encodeTransaction({ ...body, signature: { algorithm, signature, publicKey: O.none } }).length;
};

const wrongSender = ({ sender, account }: TransactionRequest): Either<InvalidRequest, void> => {
  const { algorithm, publicKey } = sender;
  if (!signatureAlgorithmCodec.json.is(algorithm))
    return invalidRequest('sender.algorithm', `"${String(algorithm)}" is no signature scheme of this release`);
  const key = readAccountKey(algorithm, publicKey);
  if (E.isLeft(key)) return invalidRequest('sender.publicKey', key.left);
  return O.isSome(account.publicKey) && !equalBytes(account.publicKey.value, publicKey)
    ? invalidRequest('sender.publicKey', 'the account has another key: sign with that one, or as another sender')
    : E.right(undefined);
};

const PATH_AND_REASON = /^TransactionBody\.?([^:]*): (.*)$/s;

/** The codec is the judge of every field; what it says is passed on with the path. */
const wrongField = (body: TransactionBody): Either<InvalidRequest, void> => {
  try {
    encodeBody(body);
    return E.right(undefined);
  } catch (cause) {
    const message = causeText(cause);
    const [, field = '', reason = message] = PATH_AND_REASON.exec(message) ?? [];
    return invalidRequest(field === '' ? 'messages' : field, reason);
  }
};

/**
 * Any transaction ready to be signed, or which field of the request is wrong. What only the chain's state can refuse
 * (too little balance, a rule of staking) is not looked at.
 */
export const buildTransaction = (request: TransactionRequest): Either<InvalidRequest, TransactionBody> => {
  const { chainId, sender, account, messages, fee, parameters, memo = '', expiryHeight = 0n } = request;
  const stranger = wrongSender(request);
  if (E.isLeft(stranger)) return stranger;
  const body: TransactionBody = {
    chainId,
    sender: sender.identity ?? accountIdentity(sender),
    nonce: account.nonce,
    fee: fee ?? 0n,
    expiryHeight,
    memo,
    publicKey: O.isSome(account.publicKey) ? O.none : O.some(sender.publicKey),
    messages,
  };
  const wrong = wrongField(body);
  if (E.isLeft(wrong)) return wrong;
  const lastNonce = checkNonce(account.nonce, account.nonce);
  if (E.isLeft(lastNonce)) return invalidRequest('nonce', lastNonce.left.reason);
  return E.right(
    fee === undefined
      ? { ...body, fee: minimumFee(parameters, transactionByteLength(body, sender.algorithm, sender.publicKey)) }
      : body,
  );
};
