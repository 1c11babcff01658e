import type { FinalizeBlockResult } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { BlockOutcome } from './execute.ts';
import type { LedgerMeta } from './stored-ledger.ts';

/** A block that was decided and executed, and is not committed yet. */
export interface FinalizedBlock {
  readonly meta: LedgerMeta;
  readonly outcome: BlockOutcome;
}

/** @param before of the state that the block was executed on */
export const finalizedBlock = (before: LedgerMeta, outcome: BlockOutcome): FinalizedBlock => {
  const {
    appHash,
    resultsHash,
    state: { totals, parameters },
  } = outcome;
  return { meta: { ...before, height: before.height + 1n, appHash, resultsHash, totals, parameters }, outcome };
};

/** What the engine is told of a finalized block. */
export const finalizeBlockResult = ({
  appHash,
  resultsHash,
  executed,
  state,
  end,
}: BlockOutcome): FinalizeBlockResult => ({
  appHash,
  resultsHash,
  results: executed.map(({ receipt, sentence }) => ({
    transaction: receipt.transaction,
    ok: O.isNone(receipt.failure),
    message: sentence,
  })),
  ...end,
  difficultyBits: state.difficulty.bits,
});
