import { either as E } from 'fp-ts';
import { openTransaction, type OpenedTransaction, type Transaction } from '@zhtp/ledger';
import type { Hash } from '@zhtp/types';
import type { WiredNode } from '../wiring.ts';

/** The mempool by transaction id, which the mempool itself, made for any application, does not know. */
export interface WaitingTransactions {
  find(id: Hash): Transaction | undefined;
}

/** Each waiting transaction is opened once, and forgotten with its bytes when it leaves the mempool. */
export const createWaitingTransactions = ({
  node,
  genesis,
  genesisHash,
}: Pick<WiredNode, 'node' | 'genesis' | 'genesisHash'>): WaitingTransactions => {
  const chain = { chainId: genesis.chainId, genesisHash, algorithm: genesis.signatureAlgorithm };
  const known = new WeakMap<Uint8Array, Pick<OpenedTransaction, 'id' | 'transaction'>>();
  const opened = (bytes: Uint8Array): Pick<OpenedTransaction, 'id' | 'transaction'> | undefined => {
    const before = known.get(bytes);
    if (before !== undefined) return before;
    const result = openTransaction(chain, bytes);
    if (E.isLeft(result)) return undefined;
    const { id, transaction } = result.right;
    known.set(bytes, { id, transaction });
    return { id, transaction };
  };
  return {
    find: (id) => {
      for (const bytes of node.waitingTransactions()) {
        const found = opened(bytes);
        if (found?.id === id) return found.transaction;
      }
      return undefined;
    },
  };
};
