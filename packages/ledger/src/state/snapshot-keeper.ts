import type { SnapshotDescription, StateChange, StateStore, StorageError } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { StoredLedger } from '../stored-ledger.ts';
import { deleteRow } from './rows.ts';
import { describeSnapshot, SNAPSHOT_FORMAT, snapshotChunk, type SnapshotIndex } from './snapshot.ts';
import {
  BEGUN_SNAPSHOT_KEY,
  bodyKey,
  readBegun,
  readIndex,
  removingRows,
  SNAPSHOT_INDEX_PREFIX,
  type BegunSnapshot,
} from './snapshot-rows.ts';
import { createSnapshotWriter, type SnapshotWriter, type WrittenPart } from './snapshot-writer.ts';

/** When snapshots are taken and how many are kept. */
export interface SnapshotSchedule {
  /** At heights that are multiples of it; 0: never. */
  readonly every: bigint;
  /** The last so many. */
  readonly kept: number;
}

/** Every thousandth height, the last two. */
export const DEFAULT_SNAPSHOT_SCHEDULE: SnapshotSchedule = { every: 1_000n, kept: 2 };

/** Chunks written with one block, of a mebibyte each at most: a bound on its work. */
const CHUNKS_PER_BLOCK = 4;

/** What an operator should know and the chain need not stop for. */
export type Report = (line: string) => void;

interface KeptSnapshot {
  readonly index: SnapshotIndex;
  readonly description: SnapshotDescription;
}

const keptSnapshot = (index: SnapshotIndex): KeptSnapshot => ({ index, description: describeSnapshot(index) });

/** What lies in a store beside the state, read when a ledger is opened. */
interface Found {
  /** Rising heights. */
  readonly finished: readonly KeptSnapshot[];
  readonly begun: BegunSnapshot | undefined;
  /** Of rows that are damaged. */
  readonly damagedKeys: readonly Uint8Array[];
}

/** Bodies of damaged indexes stay behind: which there are, nothing says any more. */
const find = async (store: StateStore, report: Report): Promise<Either<StorageError, Found>> => {
  const finished: KeptSnapshot[] = [];
  const damagedKeys: Uint8Array[] = [];
  const scanned = await store.scan(SNAPSHOT_INDEX_PREFIX, (key, row) => {
    const index = readIndex(key, row);
    if (index === undefined) {
      damagedKeys.push(key.slice());
      report('a row ledger/snapshot-index is damaged: its snapshot is put aside');
    } else if (index.format === SNAPSHOT_FORMAT) finished.push(keptSnapshot(index));
  })();
  if (E.isLeft(scanned)) return scanned;
  const row = await store.get(BEGUN_SNAPSHOT_KEY)();
  if (E.isLeft(row)) return row;
  const begun = O.isSome(row.right) ? readBegun(row.right.value) : undefined;
  if (O.isSome(row.right) && begun === undefined) {
    damagedKeys.push(BEGUN_SNAPSHOT_KEY);
    report('row ledger/snapshot-begun is damaged: the snapshot that was being written is put aside');
  }
  return E.right({ finished, begun, damagedKeys });
};

/** What the batch of the next block has of snapshots, and what becomes of them when it is durable. */
interface Step {
  readonly height: bigint;
  readonly rows: readonly StateChange[];
  /** How many of the rows that were due are among them. */
  readonly due: number;
  readonly finished: readonly KeptSnapshot[];
  readonly writer: SnapshotWriter | undefined;
}

/**
 * The newest snapshots, in the store. One is written with the blocks that follow its height, some chunks with each, and
 * offered when the last is there; begun ones go on after a restart while their state is kept.
 */
export class SnapshotKeeper {
  readonly #store: StateStore;
  readonly #schedule: SnapshotSchedule;
  readonly #report: Report;
  #finished: readonly KeptSnapshot[];
  /** Damaged, and not to come back with a step that was on its way. */
  readonly #aside = new Set<KeptSnapshot>();
  #writer: SnapshotWriter | undefined;
  /** Rows that go with the next block. */
  #due: readonly StateChange[];
  #step: Step | undefined;

  private constructor(store: StateStore, schedule: SnapshotSchedule, report: Report, found: Found) {
    this.#store = store;
    this.#schedule = schedule;
    this.#report = report;
    this.#finished = found.finished;
    this.#due = found.damagedKeys.map(deleteRow);
  }

  /** @param stateAt the state after a height, where it is kept */
  static async open(
    store: StateStore,
    schedule: SnapshotSchedule,
    report: Report,
    stateAt: (height: bigint) => Promise<Either<string, StoredLedger>>,
  ): Promise<Either<StorageError, SnapshotKeeper>> {
    const found = await find(store, report);
    if (E.isLeft(found)) return found;
    const keeper = new SnapshotKeeper(store, schedule, report, found.right);
    const { begun } = found.right;
    if (begun === undefined) return E.right(keeper);
    const stored = await stateAt(begun.height);
    if (E.isRight(stored)) keeper.#writer = createSnapshotWriter(stored.right);
    else keeper.#abandon(begun);
    return E.right(keeper);
  }

  /** What goes into the batch of a block, which leads to this state. Asked again for the same height, it answers the same. */
  rows(stored: StoredLedger): readonly StateChange[] {
    const { height } = stored.meta;
    if (this.#step?.height !== height) this.#step = this.#nextStep(stored);
    return this.#step.rows;
  }

  /** The batch is durable. */
  committed(): void {
    if (this.#step === undefined) return;
    this.#finished = this.#step.finished.filter((each) => !this.#aside.has(each));
    this.#writer = this.#step.writer;
    this.#due = this.#due.slice(this.#step.due);
    this.#step = undefined;
  }

  /** Newest first. */
  descriptions(): readonly SnapshotDescription[] {
    return this.#finished.toReversed().map(({ description }) => description);
  }

  /** None: no such snapshot is kept, it has no such chunk, or the chunk is damaged, with which the snapshot goes. */
  async chunk(height: bigint, index: number): Promise<Either<StorageError, Option<Uint8Array>>> {
    const kept = this.#finished.find(({ description }) => description.height === height);
    if (kept === undefined || !Number.isInteger(index) || index < 0 || index >= kept.description.chunks)
      return E.right(O.none);
    const row = await this.#store.get(bodyKey(height, index))();
    if (E.isLeft(row)) return row;
    const chunk = O.isSome(row.right) ? snapshotChunk(kept.index, index, row.right.value) : undefined;
    if (chunk === undefined) this.#putAside(kept, index);
    return E.right(O.fromNullable(chunk));
  }

  #nextStep(stored: StoredLedger): Step {
    const { height } = stored.meta;
    const { every, kept } = this.#schedule;
    const isDue = every > 0n && kept > 0 && height % every === 0n;
    // One that is still being written when the next is due comes first: of a state that large some are left out.
    const writer = this.#writer ?? (isDue ? createSnapshotWriter(stored) : undefined);
    const part: WrittenPart = writer?.next(CHUNKS_PER_BLOCK) ?? { rows: [], index: undefined };
    const all = part.index === undefined ? this.#finished : [...this.#finished, keptSnapshot(part.index)];
    const finished = kept > 0 ? all.slice(-kept) : [];
    const surplus = all.filter((each) => !finished.includes(each));
    return {
      height,
      rows: [
        ...this.#due,
        ...surplus.flatMap(({ description: { height: old, chunks } }) => removingRows(old, chunks)),
        ...part.rows,
      ],
      due: this.#due.length,
      finished,
      writer: part.index === undefined ? writer : undefined,
    };
  }

  #abandon({ height, written }: BegunSnapshot): void {
    this.#due = [...this.#due, ...removingRows(height, written), deleteRow(BEGUN_SNAPSHOT_KEY)];
  }

  #putAside(kept: KeptSnapshot, chunk: number): void {
    // Pruned while the chunk was read, or put aside already.
    if (!this.#finished.includes(kept)) return;
    const { height, chunks } = kept.description;
    this.#report(
      `chunk ${String(chunk)} of the snapshot of height ${String(height)} is damaged or missing: the snapshot is put aside`,
    );
    this.#finished = this.#finished.filter((each) => each !== kept);
    this.#aside.add(kept);
    this.#due = [...this.#due, ...removingRows(height, chunks)];
  }
}
