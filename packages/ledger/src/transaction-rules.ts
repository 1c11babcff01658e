import { equalBytes, U64_MAX, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { foundedIdentity } from './account-key.ts';
import type { AccountRecord } from './account.ts';
import type { ChainContext } from './chain-context.ts';
import { invalidTransaction, type InvalidTransaction } from './invalid-transaction.ts';
import type { JudgedTransaction, OpenedTransaction } from './opened-transaction.ts';
import type { LedgerParameters } from './parameters.ts';
import type { WorkingState } from './working-state.ts';

const KEPT: Either<never, void> = E.right(undefined);

const refuse = (code: InvalidTransaction['code'], reason: string): Either<InvalidTransaction, never> =>
  E.left(invalidTransaction(code, reason));

/** The least fee of a transaction of this length, micro-ZHTP. */
export const minimumFee = (parameters: LedgerParameters, byteLength: number): bigint =>
  parameters.minFeePerByte * BigInt(byteLength);

/** The sender's record, when it can pay for the transaction at this height, whatever its nonce. */
export const checkPayer = (
  working: WorkingState,
  height: bigint,
  { transaction, byteLength }: OpenedTransaction,
): Either<InvalidTransaction, AccountRecord> => {
  const { sender, fee, expiryHeight } = transaction;
  if (expiryHeight !== 0n && height > expiryHeight)
    return refuse(
      'Expired',
      `expiryHeight is ${String(expiryHeight)}, the block's height ${String(height)}: sign it again with a later one`,
    );
  const least = minimumFee(working.parameters, byteLength);
  if (fee < least)
    return refuse(
      'FeeTooLow',
      `fee is ${String(fee)} micro-ZHTP, ${String(byteLength)} bytes cost at least ${String(least)}`,
    );
  const record = working.record(sender);
  if (O.isNone(record))
    return refuse('UnknownSender', `account ${sender} does not exist: it must receive a transfer before it can send`);
  if (record.value.balance < fee)
    return refuse('CannotPayFee', `balance is ${String(record.value.balance)} micro-ZHTP, the fee ${String(fee)}`);
  return E.right(record.value);
};

/** Each nonce is used once, in order, without a gap. 2⁶⁴ − 1 stays unused, so that the next one always fits. */
export const checkNonce = (nonce: bigint, next: bigint): Either<InvalidTransaction, void> => {
  if (nonce < next)
    return refuse(
      'NonceTooLow',
      `nonce is ${String(nonce)}, the account's next one is ${String(next)}: it was used already`,
    );
  if (nonce > next)
    return refuse(
      'NonceTooHigh',
      `nonce is ${String(nonce)}, the account's next one is ${String(next)}: send the earlier ones first`,
    );
  return nonce === U64_MAX ? refuse('NonceTooHigh', `nonce ${String(nonce)} is the last of all and never used`) : KEPT;
};

/** A first key must be the one that the sender's identity was made of (decisions.md §4). */
const checkOwner = (
  chain: ChainContext,
  sender: IdentityId,
  publicKey: Uint8Array,
): Either<InvalidTransaction, void> =>
  foundedIdentity(chain.algorithm, publicKey) === sender
    ? KEPT
    : refuse('KeyMismatch', `publicKey does not belong to the sender: its identity is not ${sender}`);

/**
 * The key that must have signed: the account's own or, on its first transaction, the one its identity was made of.
 * @param known the account's own, where it has one
 */
export const checkKey = (
  known: Option<Uint8Array>,
  chain: ChainContext,
  { transaction }: OpenedTransaction,
): Either<InvalidTransaction, Uint8Array> => {
  const { sender, publicKey } = transaction;
  if (O.isSome(known))
    return O.isNone(publicKey)
      ? E.right(known.value)
      : refuse(
          'KeyRepeated',
          `publicKey must be none: the key of account ${sender} is known since its first transaction`,
        );
  if (O.isNone(publicKey))
    return refuse('KeyMissing', `publicKey is missing: the first transaction of account ${sender} must carry its key`);
  return pipe(
    checkOwner(chain, sender, publicKey.value),
    E.map(() => publicKey.value),
  );
};

/** Mostly the very array of the state; comparing some 2 KB costs as much as all the other rules. */
const isSameKey = (a: Uint8Array, b: Uint8Array): boolean => a === b || equalBytes(a, b);

/** The verdict must be good, and found with the very key that the rules demand. */
export const checkSignature = (judged: JudgedTransaction, key: Uint8Array): Either<InvalidTransaction, void> => {
  const { verdict, transaction } = judged;
  return verdict._tag === 'Judged' && verdict.validity === 'valid' && isSameKey(verdict.publicKey, key)
    ? KEPT
    : refuse('BadSignature', `the signature is not that of account ${transaction.sender} on this chain`);
};

/** Who pays, and the key that signed, once every rule is kept. */
export interface CheckedTransaction {
  readonly payer: AccountRecord;
  readonly key: Uint8Array;
}

/** All rules that a block must keep for each of its transactions. */
export const checkTransaction = (
  working: WorkingState,
  chain: ChainContext,
  height: bigint,
  judged: JudgedTransaction,
): Either<InvalidTransaction, CheckedTransaction> => {
  const { sender, nonce } = judged.transaction;
  const payer = checkPayer(working, height, judged);
  if (E.isLeft(payer)) return payer;
  const inTurn = checkNonce(nonce, payer.right.nonce);
  if (E.isLeft(inTurn)) return inTurn;
  const key = checkKey(working.key(sender), chain, judged);
  if (E.isLeft(key)) return key;
  const signed = checkSignature(judged, key.right);
  return E.isLeft(signed) ? signed : E.right({ payer: payer.right, key: key.right });
};
