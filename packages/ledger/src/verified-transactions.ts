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

/** Counts the memory behind views: all of it stays for as long as one of them does, the same for many as for one. */
const createMemoryCount = () => {
  const views = new Map<ArrayBufferLike, number>();
  let bytes = 0;
  return {
    bytes: (): number => bytes,
    keep: ({ buffer }: Uint8Array): void => {
      const known = views.get(buffer) ?? 0;
      if (known === 0) bytes += buffer.byteLength;
      views.set(buffer, known + 1);
    },
    release: ({ buffer }: Uint8Array): void => {
      const left = (views.get(buffer) ?? 0) - 1;
      if (left > 0) {
        views.set(buffer, left);
        return;
      }
      views.delete(buffer);
      bytes -= buffer.byteLength;
    },
  };
};

/**
 * @param bytesMax of memory that keys and signatures keep, the bodies of blocks that they are views of included; most keys are
 *   the state's own. The oldest go first.
 */
export const createVerifiedTransactions = (bytesMax: number): VerifiedTransactions => {
  const verified = new Map<Hash, Verified>();
  const memory = createMemoryCount();

  const forget = (id: Hash): void => {
    const known = verified.get(id);
    if (known === undefined) return;
    verified.delete(id);
    memory.release(known.accountKey);
    memory.release(known.signature);
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
    remember: ({ id, transaction: { signature } }, accountKey) => {
      forget(id);
      verified.set(id, { accountKey, signature: signature.signature });
      memory.keep(accountKey);
      memory.keep(signature.signature);
      for (const oldest of verified.keys()) {
        if (memory.bytes() <= bytesMax) break;
        forget(oldest);
      }
    },
  };
};
