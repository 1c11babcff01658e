import { formatZhtp } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { present } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

type Transfer = LedgerMessageOf<'Transfer'>;

/** The sender pays the new-account fee on top: the recipient gets exactly `amount`. No sum exceeds the supply, a u64. */
export const applyTransfer = (
  working: WorkingState,
  { sender }: MessageContext,
  { recipient, amount }: Transfer,
): Option<FailedMessage> => {
  const from = present(O.toUndefined(working.record(sender)), 'the account of an included transaction');
  const opened = O.isNone(working.record(recipient));
  const openingFee = opened ? working.parameters.newAccountFee : 0n;
  const cost = amount + openingFee;
  if (from.balance < cost) {
    const forAccount = opened ? ` and ${formatZhtp(openingFee)} for the new account` : '';
    const sentence = `balance is ${formatZhtp(from.balance)} ZHTP after the fee, the transfer needs ${formatZhtp(amount)}${forAccount}`;
    return failed('InsufficientBalance', sentence);
  }
  working.setRecord(sender, { ...from, balance: from.balance - cost });
  const to = O.getOrElse(() => ({ balance: 0n, nonce: 0n }))(working.record(recipient));
  working.setRecord(recipient, { ...to, balance: to.balance + amount });
  if (openingFee > 0n) {
    const totals = working.totals();
    working.setTotals({ ...totals, balances: totals.balances - openingFee });
    working.addIncome(openingFee);
  }
  return O.none;
};
