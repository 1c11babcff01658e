import { identityOf } from '@zhtp/crypto';
import type { IdentityId, SignatureCheck } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { present } from './invariant.ts';
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

const judgedWith = (opened: OpenedTransaction, publicKey: Option<Uint8Array>, valid: boolean): JudgedTransaction => ({
  ...opened,
  verdict: O.isNone(publicKey)
    ? { _tag: 'NoKey' }
    : { _tag: 'Judged', publicKey: publicKey.value, validity: valid ? 'valid' : 'invalid' },
});

/** The transaction as if its signature were good: to sort out everything else before verifying. */
export const presumeValid = (opened: OpenedTransaction, publicKey: Option<Uint8Array>): JudgedTransaction =>
  judgedWith(opened, publicKey, true);

/** Verifies all signatures at once, as many in parallel as the lane allows. */
export const judgeTransactions = async (
  lane: VerificationLane,
  keyOf: (identity: IdentityId) => Option<Uint8Array>,
  transactions: readonly OpenedTransaction[],
): Promise<readonly JudgedTransaction[]> => {
  const keys = transactions.map(createKeyProposer(keyOf));
  const checks: SignatureCheck[] = [];
  for (const [i, key] of keys.entries())
    if (O.isSome(key)) checks.push(signatureCheckOf(present(transactions[i], 'a transaction'), key.value));
  const verdicts = await lane.judge(checks);
  let next = 0;
  return transactions.map((opened, i) => {
    const key = present(keys[i], 'a proposed key');
    return judgedWith(opened, key, O.isSome(key) && verdicts[next++] === 'valid');
  });
};
