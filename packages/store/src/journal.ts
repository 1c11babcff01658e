import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { storageError, type Answer, type Disk, type Journal, type StorageError } from '@zhtp/types';
import { viewOf } from './bytes.ts';
import { createLanes } from './lanes.ts';
import { segmentHeader, segmentName } from './journal-segment.ts';
import { PAYLOAD_BYTES_MAX, RECORD_OVERHEAD_BYTES, writeRecord } from './record.ts';
import type { Schedule } from './schedule.ts';

/** Longest memory kept for later batches: a batch is as long as this with a large body in its last record. */
const SPARE_BYTES_MAX = 512 * 1024;

/** Unsynced records are handed to the disk once they are this many bytes; until then a sync takes them along. */
const WRITE_BYTES = 256 * 1024;

interface JournalPorts {
  readonly disk: Disk;
  readonly newSalt: () => number;
  readonly schedule: Schedule;
}

const DONE: Either<never, void> = E.right(undefined);

/** Where the next record goes. */
interface Position {
  readonly file: string;
  readonly salt: number;
  readonly nextSequence: bigint;
}

/** The segment that takes over when a batch is done. */
interface Rotation {
  readonly file: string;
  readonly header: Uint8Array;
}

/** Holds records one after the other: a record is as long as a signature, and an array for each costs more than its checksum. */
interface RecordMemory {
  readonly bytes: Uint8Array;
  /** Of `bytes`. */
  readonly view: DataView;
}

const recordMemory = (length: number): RecordMemory => {
  const bytes = new Uint8Array(length);
  return { bytes, view: viewOf(bytes) };
};

/** What one write, one sync and perhaps one rotation take care of together. */
interface Batch {
  memory: RecordMemory;
  /** How much of it the records take. */
  bytes: number;
  syncs: Answer<StorageError, void>[];
  rotation: Rotation | undefined;
}

const FIRST_BYTES = 16 * 1024;

const emptyBatch = (memory: RecordMemory = recordMemory(FIRST_BYTES)): Batch => ({
  memory,
  bytes: 0,
  syncs: [],
  rotation: undefined,
});

/** Memory with room for `more` behind the records that are there. */
const makeRoom = (batch: Batch, more: number): void => {
  const { memory, bytes } = batch;
  if (bytes + more <= memory.bytes.length) return;
  batch.memory = recordMemory(Math.max(2 * memory.bytes.length, bytes + more));
  batch.memory.bytes.set(memory.bytes.subarray(0, bytes));
};

/**
 * The running journal. One batch is on its way at a time; what is asked meanwhile gathers in the next one, so that all
 * syncs that wait share one flush (group commit). The first failure is final: after a failed flush a kernel may drop the
 * pages and report the next one as good, so nothing is tried again (the "fsyncgate" lesson).
 */
export const createJournal = (ports: JournalPorts, start: Position): Journal => {
  const { disk } = ports;
  let { file, salt, nextSequence } = start;
  let fileOnDisk = start.file;
  let unsynced = false;
  let busy = false;
  let stopped: StorageError | undefined;
  let gathering = emptyBatch();
  /** The batch on its way, or the last one that was. */
  let current = gathering;
  /** Memory of a batch that the disk has taken, for the next one. */
  let spare: RecordMemory | undefined;
  const closed: Batch[] = [];
  const removals = createLanes();

  const nextBatch = (): Batch | undefined => {
    if (closed.length > 0) return closed.shift();
    if (gathering.syncs.length === 0 && gathering.bytes < WRITE_BYTES) return undefined;
    const batch = gathering;
    gathering = followingBatch();
    return batch;
  };

  const followingBatch = (): Batch => {
    const batch = emptyBatch(spare);
    spare = undefined;
    return batch;
  };

  /** The longest: what a rotation closes comes beside the two that take turns, and a short one would have to grow again. */
  const keepForLater = (memory: RecordMemory): void => {
    const length = memory.bytes.length;
    if (length <= SPARE_BYTES_MAX && length > (spare?.bytes.length ?? 0)) spare = memory;
  };

  const pump = (): void => {
    if (busy || stopped !== undefined) return;
    const batch = nextBatch();
    if (batch === undefined) return;
    busy = true;
    current = batch;
    write();
  };

  // The steps of the batch on its way, one after the other; what takes no call on the disk is passed over at once.

  const write = (): void => {
    if (current.bytes === 0) {
      written(DONE);
      return;
    }
    unsynced = true;
    disk.append(fileOnDisk, current.memory.bytes.subarray(0, current.bytes), written);
  };

  const written = (result: Either<StorageError, void>): void => {
    keepForLater(current.memory);
    if (E.isLeft(result)) {
      fail(result.left);
      return;
    }
    const closes = current.rotation !== undefined && unsynced;
    if (current.syncs.length > 0 || closes) disk.sync(fileOnDisk, flushed);
    else rotateOn();
  };

  const flushed = (result: Either<StorageError, void>): void => {
    if (E.isLeft(result)) {
      fail(result.left);
      return;
    }
    unsynced = false;
    const { syncs } = current;
    current.syncs = [];
    for (const done of syncs) done(DONE);
    rotateOn();
  };

  /** The new file is durable before the old one goes: a crash in between leaves both, and opening tells them apart. */
  const rotateOn = (): void => {
    const { rotation } = current;
    if (rotation === undefined) goOn();
    else disk.replace(rotation.file, rotation.header, rotated);
  };

  const rotated = (result: Either<StorageError, void>): void => {
    const { rotation } = current;
    if (E.isLeft(result)) {
      fail(result.left);
      return;
    }
    if (rotation !== undefined) {
      removeLater(fileOnDisk);
      fileOnDisk = rotation.file;
    }
    goOn();
  };

  const goOn = (): void => {
    busy = false;
    pump();
  };

  const fail = (cause: StorageError): void => {
    busy = false;
    stop(cause, [current]);
  };

  /** Beside the next batches, which need not wait for it; oldest first, so that what a crash leaves has no gap. */
  const removeLater = (old: string): void =>
    removals.enter('', (leave) =>
      disk.remove(old, (removed) => {
        if (E.isLeft(removed)) stop(removed.left, []);
        else leave();
      }),
    );

  const stop = (cause: StorageError, underWay: readonly Batch[]): void => {
    const error = (stopped ??= storageError(
      `the journal stopped at its first failure and takes no more records: ${cause.message} Nothing that was answered is lost.`,
    ));
    const waiting = [...underWay, ...closed.splice(0), gathering].flatMap((batch) => batch.syncs.splice(0));
    gathering = emptyBatch(gathering.memory);
    for (const done of waiting) done(E.left(error));
  };

  return {
    append: (payload) => {
      if (payload.length > PAYLOAD_BYTES_MAX)
        throw new Error(
          `journal record of ${String(payload.length)} bytes; the longest is ${String(PAYLOAD_BYTES_MAX)}`,
        );
      if (stopped !== undefined) return;
      const length = RECORD_OVERHEAD_BYTES + payload.length;
      makeRoom(gathering, length);
      const { bytes, view } = gathering.memory;
      writeRecord(bytes, gathering.bytes, salt, nextSequence, payload, view);
      nextSequence += 1n;
      gathering.bytes += length;
      pump();
    },
    sync: (done) => {
      const error = stopped;
      if (error !== undefined) {
        ports.schedule(() => done(E.left(error)));
        return;
      }
      gathering.syncs.push(done);
      pump();
    },
    rotate: () => {
      const next = segmentName(nextSequence);
      if (stopped !== undefined || next === file) return; // a segment without records is as good as a new one
      file = next;
      salt = ports.newSalt();
      gathering.rotation = { file, header: segmentHeader(nextSequence, salt) };
      closed.push(gathering);
      gathering = followingBatch();
      pump();
    },
  };
};
