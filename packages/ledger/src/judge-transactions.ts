import type { IdentityId, SignatureCheck, Validity } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { foundedIdentity } from './account-key.ts';
import type { ChainContext } from './chain-context.ts';
import { keyOf, type LedgerState } from './ledger-state.ts';
import { judgingKeys, type JudgingKeys } from './messages/judging-keys.ts';
import { messageChecks } from './messages/message-check.ts';
import { signatureChecksOf, type JudgedTransaction, type OpenedTransaction } from './opened-transaction.ts';
import type { Transaction } from './transaction.ts';
import type { VerificationLane } from './verification-lane.ts';

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

/** Whether all of these hold; undefined never does. */
const judgeAll = async (lane: VerificationLane, checks: readonly SignatureCheck[] | undefined): Promise<Validity> => {
  if (checks === undefined) return 'invalid';
  const verdicts = await lane.judge(checks);
  return verdicts.every((verdict) => verdict === 'valid') ? 'valid' : 'invalid';
};

/** Whether an account with this key has signed: all parts of its signature, verified at once. */
export const judgeSignature = async (
  lane: VerificationLane,
  opened: OpenedTransaction,
  accountKey: Uint8Array,
): Promise<Validity> => {
  const checks = signatureChecksOf(opened, accountKey);
  return judgeAll(lane, checks.length > 0 ? checks : undefined);
};

/** Verdicts on what messages carry themselves, in their order; those without a signature are valid. */
export const judgeMessages = (
  lane: VerificationLane,
  chain: ChainContext,
  of: JudgingKeys,
  { transaction: { sender, messages } }: OpenedTransaction,
): Promise<readonly Validity[]> =>
  Promise.all(messages.map((message) => judgeAll(lane, messageChecks(chain, of, sender, message))));

/** A transaction on its way through verification. */
export interface Judgement {
  /** Holds if its signatures do. */
  readonly presumed: JudgedTransaction;
  readonly judged: Promise<JudgedTransaction>;
}

/** Has one transaction after the other judged, by keys and sets of the state before the block; each starts at once. */
export const createJudge = (
  lane: VerificationLane,
  chain: ChainContext,
  state: LedgerState,
): ((opened: OpenedTransaction) => Judgement) => {
  const proposeKey = createKeyProposer((identity) => keyOf(state, identity));
  const of = judgingKeys(state);
  const judge = async (opened: OpenedTransaction, key: Option<Uint8Array>): Promise<JudgedTransaction> => {
    const [validity, messages] = await Promise.all([
      O.isSome(key) ? judgeSignature(lane, opened, key.value) : 'invalid',
      judgeMessages(lane, chain, of, opened),
    ]);
    return judgedWith(opened, key, validity === 'valid', messages);
  };
  return (opened) => {
    const key = proposeKey(opened);
    return { presumed: presumeValid(opened, key), judged: judge(opened, key) };
  };
};

/** Whether every signature in and around it holds. */
export const isAsPresumed = ({ verdict, messageValidity }: JudgedTransaction): boolean =>
  verdict._tag === 'Judged' && verdict.validity === 'valid' && !messageValidity.includes('invalid');

/** Verifies all signatures at once, as many in parallel as the lane allows. */
export const judgeTransactions = async (
  lane: VerificationLane,
  chain: ChainContext,
  state: LedgerState,
  transactions: readonly OpenedTransaction[],
): Promise<readonly JudgedTransaction[]> => {
  const judge = createJudge(lane, chain, state);
  return Promise.all(transactions.map((opened) => judge(opened).judged));
};
