import type { Block } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ChainContext } from './chain-context.ts';
import { executeBlock, type BlockOutcome, type InvalidBlock } from './execute.ts';
import { judgeTransactions } from './judge-transactions.ts';
import type { LedgerState } from './ledger-state.ts';
import { openTransaction, type OpenedTransaction } from './opened-transaction.ts';
import { parentIdOf } from './proofs/storage-judgement.ts';
import type { VerificationLane } from './verification-lane.ts';

const openAll = (
  chain: ChainContext,
  transactions: readonly Uint8Array[],
): Either<InvalidBlock, readonly OpenedTransaction[]> => {
  const opened: OpenedTransaction[] = [];
  for (const [index, bytes] of transactions.entries()) {
    const one = openTransaction(chain, bytes);
    if (E.isLeft(one)) return E.left({ _tag: 'InvalidBlock', index, cause: one.left });
    opened.push(one.right);
  }
  return E.right(opened);
};

/** A block from its bytes to its outcome: opened, all signatures verified at once, executed. `state` stays what it was. */
export const runBlock = async (
  state: LedgerState,
  chain: ChainContext,
  lane: VerificationLane,
  { header: { height, time, proposer }, lastCommit, evidence, transactions, proof }: Block,
): Promise<Either<InvalidBlock, BlockOutcome>> => {
  const opened = openAll(chain, transactions);
  if (E.isLeft(opened)) return opened;
  const judged = await judgeTransactions(lane, chain, state, opened.right);
  const { signers } = lastCommit;
  return executeBlock(state, chain, {
    height,
    timeMs: time,
    proposer,
    signers,
    evidence,
    previousId: parentIdOf(state, chain, lastCommit),
    ...(O.isSome(proof.storageProof) ? { attestation: proof.storageProof.value } : {}),
    transactions: judged,
  });
};

/** One line: which transaction of the block is wrong, and why. */
export const describeInvalidBlock = ({ index, cause }: InvalidBlock): string =>
  `transaction ${String(index)}: ${cause.code}: ${cause.reason}`;
