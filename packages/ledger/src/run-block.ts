import type { Block } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { createBlockJudge, judgedBy } from './block-judge.ts';
import type { ChainContext } from './chain-context.ts';
import type { BlockOpening } from './block/block-input.ts';
import { beginExecution, executeBlock, type BlockOutcome, type InvalidBlock } from './execute.ts';
import type { LedgerState } from './ledger-state.ts';
import { openTransaction } from './opened-transaction.ts';
import { parentIdOf } from './proofs/storage-judgement.ts';
import type { VerificationLane } from './verification-lane.ts';

/**
 * A block from its bytes to its outcome. While others verify its signatures it is opened and executed as if they held; where
 * one does not, that execution is dropped and the block executed by the verdicts. `state` stays what it was.
 */
export const runBlock = async (
  state: LedgerState,
  chain: ChainContext,
  lane: VerificationLane,
  { header: { height, time, proposer }, lastCommit, evidence, transactions, proof }: Block,
): Promise<Either<InvalidBlock, BlockOutcome>> => {
  const { signers } = lastCommit;
  const opening: BlockOpening = {
    height,
    timeMs: time,
    proposer,
    signers,
    evidence,
    previousId: parentIdOf(state, chain, lastCommit),
    ...(O.isSome(proof.storageProof) ? { attestation: proof.storageProof.value } : {}),
  };
  const judge = createBlockJudge(lane, chain, state);
  const execution = beginExecution(state, chain, opening);
  let isExecuted = true;
  for (const [index, bytes] of transactions.entries()) {
    const opened = openTransaction(chain, bytes);
    if (E.isLeft(opened)) return E.left({ _tag: 'InvalidBlock', index, cause: opened.left });
    const presumed = judge.take(opened.right);
    isExecuted &&= E.isRight(execution.include(presumed));
    const room = judge.room();
    if (room !== undefined) await room;
  }
  const outcome = isExecuted ? execution.close() : undefined;
  const failures = await judge.failures();
  if (outcome !== undefined && failures.size === 0) return E.right(outcome);
  const again = transactions.flatMap((bytes) => {
    const opened = openTransaction(chain, bytes);
    return E.isRight(opened) ? [opened.right] : [];
  });
  return executeBlock(state, chain, { ...opening, transactions: judgedBy(failures, state, again) });
};

/** One line: which transaction of the block is wrong, and why. */
export const describeInvalidBlock = ({ index, cause }: InvalidBlock): string =>
  `transaction ${String(index)}: ${cause.code}: ${cause.reason}`;
