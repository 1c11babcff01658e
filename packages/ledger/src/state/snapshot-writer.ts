import { merkleLeafHash } from '@zhtp/crypto';
import type { StateChange } from '@zhtp/types';
import type { StoredLedger } from '../stored-ledger.ts';
import { putRow } from './rows.ts';
import { SNAPSHOT_FORMAT, snapshotBodies, type SnapshotIndex } from './snapshot.ts';
import { begunRow, bodyKey, finishedRows } from './snapshot-rows.ts';

/** Some rows of a snapshot; `index` when they are the last ones. */
export interface WrittenPart {
  readonly rows: readonly StateChange[];
  readonly index: SnapshotIndex | undefined;
}

/** Takes a state apart into the rows of its snapshot, some at a time. */
export interface SnapshotWriter {
  readonly height: bigint;
  /** @param atMost chunks */
  next(atMost: number): WrittenPart;
}

export const createSnapshotWriter = (stored: StoredLedger): SnapshotWriter => {
  const { height } = stored.meta;
  const bodies = snapshotBodies(stored);
  const leaves: Uint8Array[] = [];
  return {
    height,
    next: (atMost) => {
      const rows: StateChange[] = [];
      while (rows.length < atMost) {
        const { done, value } = bodies.next();
        if (done === true) {
          const index = { height, format: SNAPSHOT_FORMAT, leaves };
          return { rows: [...rows, ...finishedRows(index)], index };
        }
        rows.push(putRow(bodyKey(height, leaves.length), value));
        leaves.push(merkleLeafHash(value));
      }
      return { rows: [...rows, begunRow({ height, written: leaves.length })], index: undefined };
    },
  };
};
