import type { Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { applyMessage, type FailedMessage } from './apply-message.ts';
import type { ChainContext } from './chain-context.ts';
import { assertInvariant } from './invariant.ts';
import type { InvalidTransaction } from './invalid-transaction.ts';
import { appHashOf, conservationFault, type LedgerState } from './ledger-state.ts';
import type { JudgedTransaction } from './opened-transaction.ts';
import { resultsHashOf, type Receipt } from './receipt.ts';
import { checkTransaction } from './transaction-rules.ts';
import { openWorkingState, type LedgerChanges, type WorkingState } from './working-state.ts';

/** What the executor needs of a block: its transactions opened, their signatures judged. */
export interface ExecutableBlock {
  readonly height: bigint;
  readonly transactions: readonly JudgedTransaction[];
}

/** A block that breaks a rule: which transaction of it, and how. */
export interface InvalidBlock {
  readonly _tag: 'InvalidBlock';
  readonly index: number;
  readonly cause: InvalidTransaction;
}

/** An included transaction: the receipt that is hashed, and the sentence that is shown (empty when it succeeded). */
export interface ExecutedTransaction {
  readonly receipt: Receipt;
  readonly sentence: string;
}

export interface BlockOutcome {
  readonly state: LedgerState;
  readonly changes: LedgerChanges;
  readonly executed: readonly ExecutedTransaction[];
  readonly resultsHash: Hash;
  readonly appHash: Hash;
}

/**
 * Includes one transaction: it pays its fee and uses its nonce, then its messages apply whole or not at all.
 * A transaction that may not be included changes nothing.
 */
export const executeTransaction = (
  working: WorkingState,
  chain: ChainContext,
  height: bigint,
  judged: JudgedTransaction,
): Either<InvalidTransaction, ExecutedTransaction> => {
  const checked = checkTransaction(working, chain, height, judged);
  if (E.isLeft(checked)) return checked;
  const { sender, fee, publicKey, messages } = judged.transaction;
  const { payer, key } = checked.right;

  const totals = working.totals();
  working.setTotals({ ...totals, balances: totals.balances - fee, feePool: totals.feePool + fee });
  working.setRecord(sender, { balance: payer.balance - fee, nonce: payer.nonce + 1n });
  if (O.isSome(publicKey)) working.setKey(sender, key.slice()); // decoded keys are views into the block's bytes

  const failure = working.allOrNothing((): Option<FailedMessage & { readonly message: number }> => {
    for (const [index, message] of messages.entries()) {
      const failed = applyMessage(working, sender, message);
      if (O.isSome(failed)) return O.some({ ...failed.value, message: index });
    }
    return O.none;
  });
  if (O.isNone(failure)) return E.right({ receipt: { transaction: judged.id, fee, failure: O.none }, sentence: '' });
  const { message, reason, sentence } = failure.value;
  return E.right({
    receipt: { transaction: judged.id, fee, failure: O.some({ message, reason }) },
    sentence: `message ${String(message)}: ${sentence}`,
  });
};

const executeTransactions = (
  working: WorkingState,
  chain: ChainContext,
  { height, transactions }: ExecutableBlock,
): Either<InvalidBlock, readonly ExecutedTransaction[]> => {
  const executed: ExecutedTransaction[] = [];
  for (const [index, judged] of transactions.entries()) {
    const one = executeTransaction(working, chain, height, judged);
    if (E.isLeft(one)) return E.left({ _tag: 'InvalidBlock', index, cause: one.left });
    executed.push(one.right);
  }
  return E.right(executed);
};

/**
 * The state after a block. Pure: it follows from the arguments alone, and `state` stays what it was.
 * Phases, in this order: transactions; end of block (totals conserved); the next state with its hashes.
 */
export const executeBlock = (
  state: LedgerState,
  chain: ChainContext,
  block: ExecutableBlock,
): Either<InvalidBlock, BlockOutcome> => {
  const working = openWorkingState(state);

  const executed = executeTransactions(working, chain, block);
  if (E.isLeft(executed)) return executed;

  const closed = working.close();
  const fault = conservationFault(closed.state, 'running');
  assertInvariant(fault === undefined, `supply not conserved in block ${String(block.height)}: ${fault ?? ''}`);

  return E.right({
    ...closed,
    executed: executed.right,
    resultsHash: resultsHashOf(executed.right.map(({ receipt }) => receipt)),
    appHash: appHashOf(closed.state),
  });
};
