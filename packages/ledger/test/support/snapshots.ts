import { merkleLeafHash } from '@zhtp/crypto';
import type { SnapshotDescription } from '@zhtp/types';
import type { StoredLedger } from '@zhtp/ledger';
import { describeSnapshot, SNAPSHOT_FORMAT, snapshotBodies, snapshotChunk } from '../../src/state/snapshot.ts';

/** The whole snapshot of a state at once. */
export const snapshotOf = (
  stored: StoredLedger,
): { readonly description: SnapshotDescription; readonly chunk: (index: number) => Uint8Array | undefined } => {
  const bodies = [...snapshotBodies(stored)];
  const leaves = bodies.map((body) => merkleLeafHash(body));
  const index = { height: stored.meta.height, format: SNAPSHOT_FORMAT, leaves };
  return {
    description: describeSnapshot(index),
    chunk: (at) => {
      const body = bodies[at];
      return body === undefined ? undefined : snapshotChunk(index, at, body);
    },
  };
};
