import type { PrepareProposalRequest, Validity } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { judgeTransactions } from './block-judge.ts';
import type { ChainContext } from './chain-context.ts';
import type { BlockOpening } from './block/block-input.ts';
import { pointOf } from './block/block-time.ts';
import { executeTransaction, openBlock } from './execute.ts';
import { createKeyProposer, presumeValid } from './judge-transactions.ts';
import { keyOf, type LedgerState } from './ledger-state.ts';
import { openTransaction, type OpenedTransaction } from './opened-transaction.ts';
import type { VerificationLane } from './verification-lane.ts';
import { parentIdOf } from './proofs/storage-judgement.ts';
import { openWorkingState } from './working-state.ts';

/** A block's list of transactions has a u32 length in front of each. */
const LENGTH_PREFIX_BYTES = 4;

interface Selected {
  readonly bytes: Uint8Array;
  readonly opened: OpenedTransaction;
}

/** Opens each waiting transaction once, and only when the selection gets that far. */
const createOpener = (chain: ChainContext): ((bytes: Uint8Array) => ReturnType<typeof openTransaction>) => {
  const opened = new Map<Uint8Array, ReturnType<typeof openTransaction>>();
  return (bytes) => {
    const result = opened.get(bytes) ?? openTransaction(chain, bytes);
    opened.set(bytes, result);
    return result;
  };
};

/** What the phases before the transactions need of the block to be built. */
const openingOf = (
  state: LedgerState,
  chain: ChainContext,
  { height, time, proposer, lastCommit, evidence }: PrepareProposalRequest,
): BlockOpening => ({
  height,
  timeMs: time,
  proposer,
  signers: lastCommit.signers,
  evidence,
  previousId: parentIdOf(state, chain, lastCommit),
});

/**
 * The transactions for a new block: in the given order, skipping what is invalid where it stands or does not fit. They
 * find the state that the block's earlier phases leave, as they will when the block is executed.
 * Selected first and verified then, in one batch; where a verdict is not as presumed the selection is made again, so that
 * everything in the answer has been executed with the verdicts it will have.
 */
export const selectTransactions = async (
  state: LedgerState,
  chain: ChainContext,
  lane: VerificationLane,
  request: PrepareProposalRequest,
): Promise<readonly Uint8Array[]> => {
  if (request.transactions.length === 0) return [];
  const open = createOpener(chain);
  const forged = new Set<Uint8Array>();
  /** Of transactions with a bad signature inside a message: those are included, and fail. */
  const unproven = new Map<Uint8Array, readonly Validity[]>();
  const opening = openingOf(state, chain, request);
  const accountKey = (identity: Parameters<typeof keyOf>[1]): ReturnType<typeof keyOf> => keyOf(state, identity);

  const select = (): readonly Selected[] => {
    const working = openWorkingState(state);
    openBlock(working, opening);
    const proposeKey = createKeyProposer(accountKey);
    const selected: Selected[] = [];
    let room = request.maxBytes;
    for (const bytes of request.transactions) {
      if (selected.length >= request.maxTransactions) break;
      const size = LENGTH_PREFIX_BYTES + bytes.length;
      if (size > room || forged.has(bytes)) continue;
      const opened = open(bytes);
      if (E.isLeft(opened)) continue;
      const presumed = presumeValid(opened.right, proposeKey(opened.right));
      const judged = { ...presumed, messageValidity: unproven.get(bytes) ?? presumed.messageValidity };
      if (E.isLeft(executeTransaction(working, chain, pointOf(opening), judged))) continue;
      selected.push({ bytes, opened: opened.right });
      room -= size;
    }
    return selected;
  };

  for (;;) {
    const selected = select();
    const failures = await judgeTransactions(
      lane,
      chain,
      state,
      selected.map(({ opened }) => opened),
    );
    let isAsPresumed = true;
    for (const [i, { bytes }] of selected.entries()) {
      const failure = failures.get(i);
      if (failure === undefined) continue;
      if (failure.signature === 'invalid') {
        forged.add(bytes);
        isAsPresumed = false;
      } else if (!unproven.has(bytes)) {
        unproven.set(bytes, failure.messageValidity);
        isAsPresumed = false;
      }
    }
    if (isAsPresumed) return selected.map(({ bytes }) => bytes);
  }
};
