import type { PrepareProposalRequest } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { ChainContext } from './chain-context.ts';
import { executeTransaction } from './execute.ts';
import { createKeyProposer, judgeTransactions, presumeValid } from './judge-transactions.ts';
import { keyOf, type LedgerState } from './ledger-state.ts';
import { openTransaction, type OpenedTransaction } from './opened-transaction.ts';
import type { VerificationLane } from './verification-lane.ts';
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

/**
 * The transactions for a new block: in the given order, skipping what is invalid where it stands or does not fit.
 * Selected first and verified then, in one batch; whoever fails is left out and the selection made again, so that
 * everything in the answer has been executed with a verified signature.
 */
export const selectTransactions = async (
  state: LedgerState,
  chain: ChainContext,
  lane: VerificationLane,
  request: PrepareProposalRequest,
): Promise<readonly Uint8Array[]> => {
  const open = createOpener(chain);
  const forged = new Set<Uint8Array>();
  const accountKey = (identity: Parameters<typeof keyOf>[1]): ReturnType<typeof keyOf> => keyOf(state, identity);

  const select = (): readonly Selected[] => {
    const working = openWorkingState(state);
    const proposeKey = createKeyProposer(accountKey);
    const selected: Selected[] = [];
    let room = request.maxBytes;
    for (const bytes of request.transactions) {
      if (selected.length >= request.maxTransactions) break;
      const size = LENGTH_PREFIX_BYTES + bytes.length;
      if (size > room || forged.has(bytes)) continue;
      const opened = open(bytes);
      if (E.isLeft(opened)) continue;
      const judged = presumeValid(opened.right, proposeKey(opened.right));
      if (E.isLeft(executeTransaction(working, chain, request.height, judged))) continue;
      selected.push({ bytes, opened: opened.right });
      room -= size;
    }
    return selected;
  };

  for (;;) {
    const selected = select();
    const judged = await judgeTransactions(
      lane,
      accountKey,
      selected.map(({ opened }) => opened),
    );
    const failed = selected.filter((_, i) => {
      const verdict = judged[i]?.verdict;
      return verdict?._tag !== 'Judged' || verdict.validity !== 'valid';
    });
    if (failed.length === 0) return selected.map(({ bytes }) => bytes);
    for (const { bytes } of failed) forged.add(bytes);
  }
};
