import type { Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { applyMessage } from './apply-message.ts';
import type { FailedMessage } from './messages/failed-message.ts';
import { begin } from './block/begin.ts';
import type { BlockOpening, ExecutableBlock } from './block/block-input.ts';
import { pointOf } from './block/block-time.ts';
import type { BlockPoint } from '@zhtp/validators';
import { certifiedBlock } from './block/certified.ts';
import { countSigners } from './block/count-signers.ts';
import { end, type EndOfBlock } from './block/end.ts';
import { punish } from './block/punish.ts';
import { reward } from './block/reward.ts';
import type { ChainEvent } from './chain-event.ts';
import type { ChainContext } from './chain-context.ts';
import { assertInvariant } from './invariant.ts';
import type { InvalidTransaction } from './invalid-transaction.ts';
import { appHashOf, conservationFault, type LedgerState } from './ledger-state.ts';
import type { JudgedTransaction } from './opened-transaction.ts';
import { noteAttestation, notePrevious } from './proofs/attested.ts';
import { takeProvenWork } from './proofs/contributions.ts';
import { forgetReceipts } from './proofs/forget-receipts.ts';
import { resultsHashOf, type Receipt } from './receipt.ts';
import { checkTransaction } from './transaction-rules.ts';
import { openWorkingState, type LedgerChanges, type WorkingState } from './working-state.ts';

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
  /** What it caused, in order; nothing when it failed. */
  readonly events: readonly ChainEvent[];
}

/** What a block led to: the next state, and all that others are told of it. */
export interface BlockOutcome {
  readonly state: LedgerState;
  readonly changes: LedgerChanges;
  readonly end: EndOfBlock;
  readonly events: readonly ChainEvent[];
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
  at: BlockPoint,
  judged: JudgedTransaction,
): Either<InvalidTransaction, ExecutedTransaction> => {
  const checked = checkTransaction(working, chain, at.height, judged);
  if (E.isLeft(checked)) return checked;
  const { sender, fee, publicKey, messages } = judged.transaction;
  const { payer, key } = checked.right;

  const totals = working.totals();
  working.setTotals({ ...totals, balances: totals.balances - fee, feePool: totals.feePool + fee });
  working.setRecord(sender, { balance: payer.balance - fee, nonce: payer.nonce + 1n });
  if (O.isSome(publicKey)) working.setKey(sender, key.slice()); // decoded keys are views into the block's bytes

  const { algorithm, hosted } = chain;
  const eventsBefore = working.events().length;
  const failure = working.allOrNothing((): Option<FailedMessage & { readonly message: number }> => {
    for (const [index, message] of messages.entries()) {
      const validity = judged.messageValidity[index] ?? 'invalid';
      const failed = applyMessage(working, { sender, algorithm, ...at, validity, hosted }, message);
      if (O.isSome(failed)) return O.some({ ...failed.value, message: index });
    }
    return O.none;
  });
  const events = working.events().slice(eventsBefore);
  if (O.isNone(failure))
    return E.right({ receipt: { transaction: judged.id, fee, failure: O.none }, sentence: '', events });
  const { message, reason, sentence } = failure.value;
  return E.right({
    receipt: { transaction: judged.id, fee, failure: O.some({ message, reason }) },
    sentence: `message ${String(message)}: ${sentence}`,
    events,
  });
};

/** All accounts are looked at every so many blocks; the running totals are compared in each (economics.md, first rule). */
const FULL_SCAN_EVERY = 100n;
const isScanned = (height: bigint): boolean => height % FULL_SCAN_EVERY === 0n;

/** What happens in a block before its transactions, which therefore find the state as it leaves it. */
export const openBlock = (working: WorkingState, block: BlockOpening): void => {
  const certified = certifiedBlock(working, block);
  begin(working, block);
  notePrevious(working, block);
  forgetReceipts(working);
  if (block.attestation !== undefined) noteAttestation(working, block.proposer, block.attestation);
  punish(working, block.evidence);
  if (certified === undefined) return;
  countSigners(working, certified);
  reward(working, block, certified, takeProvenWork(working, certified.members, block.height));
};

/** A block under way: opened, given one transaction after the other, closed. */
export interface BlockExecution {
  /** The next transaction. Left: the block is invalid, and this execution worth nothing. */
  include(judged: JudgedTransaction): Either<InvalidBlock, ExecutedTransaction>;
  /** What follows from all of them. */
  close(): BlockOutcome;
}

/** The phases in here are the rules' order; only transactions can make a block invalid. `state` stays what it was. */
export const beginExecution = (state: LedgerState, chain: ChainContext, block: BlockOpening): BlockExecution => {
  const working = openWorkingState(state);
  const at = pointOf(block);
  const executed: ExecutedTransaction[] = [];
  openBlock(working, block);
  return {
    include: (judged) => {
      const one = executeTransaction(working, chain, at, judged);
      if (E.isLeft(one)) return E.left({ _tag: 'InvalidBlock', index: executed.length, cause: one.left });
      executed.push(one.right);
      return one;
    },
    close: () => {
      const ended = end(working, block);
      const closed = working.close();
      const fault = conservationFault(closed.state, isScanned(block.height) ? 'full' : 'running');
      assertInvariant(fault === undefined, `supply not conserved in block ${String(block.height)}: ${fault ?? ''}`);
      return {
        ...closed,
        end: ended,
        events: working.events(),
        executed,
        resultsHash: resultsHashOf(executed.map(({ receipt }) => receipt)),
        appHash: appHashOf(closed.state),
      };
    },
  };
};

/** The state after a block. Pure: it follows from the arguments alone. */
export const executeBlock = (
  state: LedgerState,
  chain: ChainContext,
  { transactions, ...opening }: ExecutableBlock,
): Either<InvalidBlock, BlockOutcome> => {
  const execution = beginExecution(state, chain, opening);
  for (const judged of transactions) {
    const one = execution.include(judged);
    if (E.isLeft(one)) return one;
  }
  return E.right(execution.close());
};
