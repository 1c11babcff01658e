import type { FundsHolder, GovernanceEvent } from '@zhtp/dao';
import type { IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { assertInvariant } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';

const EMPTY = { balance: 0n, nonce: 0n };

/** What an account can spend now, micro-ZHTP; 0 where there is none. */
export const balanceOf = (working: WorkingState, identity: IdentityId): bigint =>
  O.getOrElse(() => EMPTY)(working.record(identity)).balance;

/** Pays into an account, which is opened when there is none: what the chain owes needs no fee. */
export const credit = (working: WorkingState, identity: IdentityId, amount: bigint): void => {
  if (amount === 0n) return;
  const record = O.getOrElse(() => EMPTY)(working.record(identity));
  working.setRecord(identity, { ...record, balance: record.balance + amount });
  const totals = working.totals();
  working.setTotals({ ...totals, balances: totals.balances + amount });
};

/** Takes out of an account that is known to hold it. */
export const debit = (working: WorkingState, identity: IdentityId, amount: bigint): void => {
  if (amount === 0n) return;
  const record = O.getOrElse(() => EMPTY)(working.record(identity));
  assertInvariant(record.balance >= amount, `account ${identity} is debited more than it holds`);
  working.setRecord(identity, { ...record, balance: record.balance - amount });
  const totals = working.totals();
  working.setTotals({ ...totals, balances: totals.balances - amount });
};

const accountIn = (holder: FundsHolder): IdentityId | undefined =>
  holder._tag === 'Account' ? holder.identity : undefined;

/** Moves what governance says changed hands; escrow and treasury stand in its own state. */
export const followFunds = (working: WorkingState, events: readonly GovernanceEvent[]): void => {
  for (const event of events) {
    if (event._tag !== 'FundsMoved') continue;
    const from = accountIn(event.from);
    const to = accountIn(event.to);
    if (from !== undefined) debit(working, from, event.amount);
    if (to !== undefined) credit(working, to, event.amount);
  }
};
