import type { SnapshotDescription } from '@zhtp/types';
import type { StoredLedger } from '../stored-ledger.ts';
import { snapshotOf, type Snapshot } from './snapshot.ts';

/** When snapshots are taken and how many are kept. */
export interface SnapshotSchedule {
  /** At heights that are multiples of it; 0: never. */
  readonly every: bigint;
  /** The last so many. */
  readonly kept: number;
}

export const DEFAULT_SNAPSHOT_SCHEDULE: SnapshotSchedule = { every: 1_000n, kept: 2 };

interface Kept {
  readonly stored: StoredLedger;
  /** Walked through only when somebody asks. */
  snapshot: Snapshot | undefined;
}

/** The states that snapshots are given out of. Keeping one costs what changes after it. */
export class SnapshotKeeper {
  readonly #schedule: SnapshotSchedule;
  #kept: readonly Kept[] = [];

  constructor(schedule: SnapshotSchedule) {
    this.#schedule = schedule;
  }

  /** A state was committed, or read back. */
  committed(stored: StoredLedger): void {
    const { every, kept } = this.#schedule;
    const { height, initialHeight } = stored.meta;
    if (every === 0n || kept === 0 || height < initialHeight || height % every !== 0n) return;
    this.#kept = [...this.#kept, { stored, snapshot: undefined }].slice(-kept);
  }

  /** Newest first. */
  descriptions(): readonly SnapshotDescription[] {
    return this.#kept.toReversed().map((kept) => this.#of(kept).description);
  }

  /** Undefined: no such snapshot is kept, or it has no such chunk. */
  chunk(height: bigint, index: number): Uint8Array | undefined {
    const kept = this.#kept.find(({ stored }) => stored.meta.height === height);
    return kept === undefined ? undefined : this.#of(kept).chunk(index);
  }

  #of(kept: Kept): Snapshot {
    kept.snapshot ??= snapshotOf(kept.stored);
    return kept.snapshot;
  }
}
