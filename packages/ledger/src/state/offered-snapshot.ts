import type { SnapshotOffer } from '@zhtp/types';
import type { LedgerMeta } from '../stored-ledger.ts';
import { refusedSnapshot, restoreSnapshot, type Applied, type SnapshotRestore } from './snapshot-restore.ts';

/** The one snapshot that is being restored, if any. */
export interface OfferedSnapshot {
  /** Why the snapshot is not taken on, or undefined: then it takes the place of the one before. */
  offer(offer: SnapshotOffer, meta: LedgerMeta): string | undefined;
  /** The next chunk of what was offered. */
  apply(chunk: number, bytes: Uint8Array): Applied;
}

export const createOfferedSnapshot = (): OfferedSnapshot => {
  let restore: SnapshotRestore | undefined;
  return {
    offer: ({ appHash, ...description }, meta) => {
      if (meta.height >= meta.initialHeight)
        return `block ${String(meta.height)} is executed already: sync from blocks`;
      const refused = refusedSnapshot(description);
      if (refused === undefined) restore = restoreSnapshot(description, appHash, meta);
      return refused;
    },
    apply: (chunk, bytes) => {
      if (restore === undefined) return { _tag: 'Refused', reason: 'no snapshot is being restored: offer one first' };
      const applied = restore.apply(chunk, bytes);
      if (applied._tag === 'Abandoned' || applied._tag === 'Complete') restore = undefined;
      return applied;
    },
  };
};
