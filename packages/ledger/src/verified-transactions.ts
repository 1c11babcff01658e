import { sameBytes } from '@zhtp/crypto';
import type { Hash } from '@zhtp/types';
import type { OpenedTransaction } from './opened-transaction.ts';

/**
 * Remembers whose signatures were found valid, from `checkTx` to the block and from one proposal to the next. By the
 * transaction's id, which is a hash of all that is signed; key and signature are kept and compared byte by byte: that takes
 * a tenth of the time of hashing them, and nothing at all for a transaction that was never seen.
 */
export interface VerifiedTransactions {
  /** Whether this very signature was found valid with this very key. */
  has(opened: OpenedTransaction, accountKey: Uint8Array): boolean;
  /** Call it only when every part of the signature was found valid with the key. */
  remember(opened: OpenedTransaction, accountKey: Uint8Array): void;
}

interface Verified {
  readonly accountKey: Uint8Array;
  readonly signature: Uint8Array;
}

const bytesIn = ({ accountKey, signature }: Verified): number => accountKey.length + signature.length;

/** A view keeps all it is a view of: that of one transaction the mempool holds anyway, that of a block is too much. */
const withoutRest = (view: Uint8Array): Uint8Array => (view.buffer.byteLength > 2 * view.length ? view.slice() : view);

/** @param bytesMax of keys and signatures kept, though most keys are the state's own; the oldest go first */
export const createVerifiedTransactions = (bytesMax: number): VerifiedTransactions => {
  const verified = new Map<Hash, Verified>();
  let bytes = 0;

  const forget = (id: Hash): void => {
    const known = verified.get(id);
    if (known === undefined) return;
    bytes -= bytesIn(known);
    verified.delete(id);
  };

  return {
    has: ({ id, transaction }, accountKey) => {
      const known = verified.get(id);
      return (
        known !== undefined &&
        sameBytes(known.accountKey, accountKey) &&
        sameBytes(known.signature, transaction.signature.signature)
      );
    },
    remember: ({ id, transaction }, accountKey) => {
      forget(id);
      const entry = { accountKey, signature: withoutRest(transaction.signature.signature) };
      verified.set(id, entry);
      bytes += bytesIn(entry);
      for (const oldest of verified.keys()) {
        if (bytes <= bytesMax) break;
        forget(oldest);
      }
    },
  };
};
