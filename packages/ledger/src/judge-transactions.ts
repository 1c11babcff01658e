import type { IdentityId, Validity } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { foundedIdentity } from './account-key.ts';
import type { ChainContext } from './chain-context.ts';
import type { JudgingKeys } from './messages/judging-keys.ts';
import { messageChecks } from './messages/message-check.ts';
import type { JudgedTransaction, OpenedTransaction } from './opened-transaction.ts';
import type { Transaction } from './transaction.ts';
import type { Turn, VerificationLane } from './verification-lane.ts';

/** The key to try a transaction's signature with. Only a proposal: the executor compares it with the one the rules demand. */
export type KeyProposer = (opened: OpenedTransaction) => Option<Uint8Array>;

const newKeyOf = ({ messages }: Transaction): Uint8Array | undefined =>
  messages.findLast((message) => message._tag === 'ChangeAccountKey')?.key;

/**
 * Proposes the transaction's own key; the one that an earlier transaction given to this proposer brought and that the
 * sender's identity was made of (a stranger's key must not displace it), or changed to; or the account's. Where that earlier
 * transaction fails, the next one of the account waits for another block.
 */
export const createKeyProposer = (keyOf: (identity: IdentityId) => Option<Uint8Array>): KeyProposer => {
  const later = new Map<IdentityId, Uint8Array>();
  return ({ transaction }) => {
    const { sender, publicKey, signature } = transaction;
    const ahead = later.get(sender);
    const proposed = O.isSome(publicKey) ? publicKey : ahead === undefined ? keyOf(sender) : O.some(ahead);
    const changed = newKeyOf(transaction);
    if (changed !== undefined) later.set(sender, changed);
    else if (
      ahead === undefined &&
      O.isSome(publicKey) &&
      foundedIdentity(signature.algorithm, publicKey.value) === sender
    )
      later.set(sender, publicKey.value);
    return proposed;
  };
};

/** The transaction with what was found out about its signatures. */
export const judgedWith = (
  opened: OpenedTransaction,
  publicKey: Option<Uint8Array>,
  valid: boolean,
  messageValidity: readonly Validity[],
): JudgedTransaction => ({
  ...opened,
  messageValidity,
  verdict: O.isNone(publicKey)
    ? { _tag: 'NoKey' }
    : { _tag: 'Judged', publicKey: publicKey.value, validity: valid ? 'valid' : 'invalid' },
});

/** The transaction as if its signature were good: to sort out everything else before verifying. */
export const presumeValid = (opened: OpenedTransaction, publicKey: Option<Uint8Array>): JudgedTransaction =>
  judgedWith(
    opened,
    publicKey,
    true,
    opened.transaction.messages.map(() => 'valid'),
  );

/** Verdicts on what messages carry themselves, in their order; those without a signature are valid. */
export const judgeMessages = (
  lane: VerificationLane,
  chain: ChainContext,
  of: JudgingKeys,
  { transaction: { sender, messages } }: OpenedTransaction,
  turn: Turn,
  done: (messageValidity: readonly Validity[]) => void,
): void => {
  const messageValidity: Validity[] = messages.map(() => 'valid');
  let open = 1;
  const settle = (): void => {
    open -= 1;
    if (open === 0) done(messageValidity);
  };
  for (const [index, message] of messages.entries()) {
    const checks = messageChecks(chain, of, sender, message);
    if (checks === undefined) messageValidity[index] = 'invalid';
    else if (checks.length > 0) {
      open += 1;
      lane.judge(checks, turn, (validity) => {
        messageValidity[index] = validity;
        settle();
      });
    }
  }
  settle();
};
