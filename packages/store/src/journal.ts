import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { storageError, type Answer, type Disk, type Journal, type StorageError } from '@zhtp/types';
import { andThen, answer, type Call } from './call.ts';
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

/** What one write, one sync and perhaps one rotation take care of together. */
interface Batch {
  /** Holds the records one after the other: a record is as long as a signature, and an array for each costs more than its checksum. */
  memory: Uint8Array;
  /** Of `memory`. */
  view: DataView;
  /** How much of it the records take. */
  bytes: number;
  readonly syncs: Answer<StorageError, void>[];
  rotation: Rotation | undefined;
}

const FIRST_BYTES = 16 * 1024;

const emptyBatch = (memory: Uint8Array = new Uint8Array(FIRST_BYTES)): Batch => ({
  memory,
  view: viewOf(memory),
  bytes: 0,
  syncs: [],
  rotation: undefined,
});

/** Memory with room for `more` behind the records that are there. */
const makeRoom = (batch: Batch, more: number): void => {
  const { memory, bytes } = batch;
  if (bytes + more <= memory.length) return;
  batch.memory = new Uint8Array(Math.max(2 * memory.length, bytes + more));
  batch.memory.set(memory.subarray(0, bytes));
  batch.view = viewOf(batch.memory);
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
  /** Memory of a batch that the disk has taken, for the next one. */
  let spare: Uint8Array | undefined;
  const closed: Batch[] = [];
  const removals = createLanes();

  const nextBatch = (): Batch | undefined => {
    const first = closed.shift();
    if (first !== undefined) return first;
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
  const keepForLater = (memory: Uint8Array): void => {
    if (memory.length <= SPARE_BYTES_MAX && memory.length > (spare?.length ?? 0)) spare = memory;
  };

  const pump = (): void => {
    if (busy || stopped !== undefined) return;
    const batch = nextBatch();
    if (batch === undefined) return;
    busy = true;
    pipe(
      write(batch),
      andThen(() => flush(batch)),
      andThen(() => answerAll(batch)),
      andThen(() => rotateTo(batch.rotation)),
    )((result) => {
      busy = false;
      if (E.isLeft(result)) stop(result.left, [batch]);
      else pump();
    });
  };

  const write =
    (batch: Batch): Call<StorageError, void> =>
    (done) => {
      if (batch.bytes === 0) {
        keepForLater(batch.memory);
        done(E.right(undefined));
        return;
      }
      unsynced = true;
      disk.append(fileOnDisk, batch.memory.subarray(0, batch.bytes), (written) => {
        keepForLater(batch.memory);
        done(written);
      });
    };

  const flush =
    (batch: Batch): Call<StorageError, void> =>
    (done) => {
      const closes = batch.rotation !== undefined && unsynced;
      if (batch.syncs.length === 0 && !closes) {
        done(E.right(undefined));
        return;
      }
      disk.sync(fileOnDisk, (result) => {
        if (E.isRight(result)) unsynced = false;
        done(result);
      });
    };

  const answerAll = (batch: Batch): Call<never, void> => {
    for (const done of batch.syncs.splice(0)) done(E.right(undefined));
    return answer(E.right(undefined));
  };

  /** The new file is durable before the old one goes: a crash in between leaves both, and opening tells them apart. */
  const rotateTo =
    (rotation: Rotation | undefined): Call<StorageError, void> =>
    (done) => {
      if (rotation === undefined) {
        done(E.right(undefined));
        return;
      }
      disk.replace(rotation.file, rotation.header, (begun) => {
        if (E.isRight(begun)) {
          removeLater(fileOnDisk);
          fileOnDisk = rotation.file;
        }
        done(begun);
      });
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
      writeRecord(gathering.memory, gathering.bytes, salt, nextSequence, payload, gathering.view);
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
