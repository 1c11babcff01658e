import type { Block } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ChainContext } from './chain-context.ts';
import type { BlockOpening } from './block/block-input.ts';
import { beginExecution, executeBlock, type BlockOutcome, type InvalidBlock } from './execute.ts';
import { createJudge, isAsPresumed } from './judge-transactions.ts';
import type { LedgerState } from './ledger-state.ts';
import { openTransaction, type JudgedTransaction } from './opened-transaction.ts';
import { parentIdOf } from './proofs/storage-judgement.ts';
import type { VerificationLane } from './verification-lane.ts';

/** How many transactions are opened and executed before their signatures are verified. */
const AHEAD = 64;

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
  const judge = createJudge(lane, chain, state);
  const execution = beginExecution(state, chain, opening);
  const verdicts: Promise<JudgedTransaction>[] = [];
  let isExecuted = true;
  for (const [index, bytes] of transactions.entries()) {
    const opened = openTransaction(chain, bytes);
    if (E.isLeft(opened)) return E.left({ _tag: 'InvalidBlock', index, cause: opened.left });
    const { presumed, judged } = judge(opened.right);
    verdicts.push(judged);
    isExecuted &&= E.isRight(execution.include(presumed));
    if (index >= AHEAD) await verdicts[index - AHEAD];
  }
  lane.handOver();
  const outcome = isExecuted ? execution.close() : undefined;
  const judged = await Promise.all(verdicts);
  return outcome !== undefined && judged.every(isAsPresumed)
    ? E.right(outcome)
    : executeBlock(state, chain, { ...opening, transactions: judged });
};

/** One line: which transaction of the block is wrong, and why. */
export const describeInvalidBlock = ({ index, cause }: InvalidBlock): string =>
  `transaction ${String(index)}: ${cause.code}: ${cause.reason}`;
