import { identityOf } from '@zhtp/crypto';
import type { IdentityId, SignatureCheck, Validity } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { ChainContext } from './chain-context.ts';
import { present } from './invariant.ts';
import { messageCheck } from './messages/message-check.ts';
import { signatureCheckOf, type JudgedTransaction, type OpenedTransaction } from './opened-transaction.ts';
import type { VerificationLane } from './verification-lane.ts';

/** The key to try a transaction's signature with. Only a proposal: the executor compares it with the one the rules demand. */
export type KeyProposer = (opened: OpenedTransaction) => Option<Uint8Array>;

/**
 * Proposes the transaction's own key, the account's, or the one that an earlier transaction given to this proposer
 * brought and that the sender's identity was made of: a stranger's key must not displace it.
 */
export const createKeyProposer = (keyOf: (identity: IdentityId) => Option<Uint8Array>): KeyProposer => {
  const brought = new Map<IdentityId, Uint8Array>();
  return ({ transaction: { sender, publicKey, signature } }) => {
    if (O.isNone(publicKey)) {
      const known = keyOf(sender);
      return O.isSome(known) ? known : O.fromNullable(brought.get(sender));
    }
    if (!brought.has(sender) && identityOf(signature.algorithm, publicKey.value) === sender)
      brought.set(sender, publicKey.value);
    return publicKey;
  };
};

const judgedWith = (
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

/** Verdicts on the signatures inside messages, in their order; those without one are valid. */
export const judgeMessages = async (
  lane: VerificationLane,
  chain: ChainContext,
  { transaction: { sender, messages } }: OpenedTransaction,
): Promise<readonly Validity[]> => {
  const checks = messages.map((message) => messageCheck(chain, sender, message));
  if (checks.every((check) => check === undefined)) return messages.map(() => 'valid');
  const verdicts = await lane.judge(checks.filter((check) => check !== undefined));
  let next = 0;
  return checks.map((check) => (check === undefined ? 'valid' : (verdicts[next++] ?? 'invalid')));
};

/** Verifies all signatures at once, as many in parallel as the lane allows. */
export const judgeTransactions = async (
  lane: VerificationLane,
  chain: ChainContext,
  keyOf: (identity: IdentityId) => Option<Uint8Array>,
  transactions: readonly OpenedTransaction[],
): Promise<readonly JudgedTransaction[]> => {
  const keys = transactions.map(createKeyProposer(keyOf));
  const checks: SignatureCheck[] = [];
  for (const [i, key] of keys.entries())
    if (O.isSome(key)) checks.push(signatureCheckOf(present(transactions[i], 'a transaction'), key.value));
  const [verdicts, messages] = await Promise.all([
    lane.judge(checks),
    Promise.all(transactions.map((opened) => judgeMessages(lane, chain, opened))),
  ]);
  let next = 0;
  return transactions.map((opened, i) => {
    const key = present(keys[i], 'a proposed key');
    const messageValidity = present(messages[i], 'the verdicts on messages');
    return judgedWith(opened, key, O.isSome(key) && verdicts[next++] === 'valid', messageValidity);
  });
};
