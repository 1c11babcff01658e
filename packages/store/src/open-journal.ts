import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { systemRandom } from '@zhtp/crypto';
import { storageError, type Answer, type Disk, type Journal, type RandomBytes, type StorageError } from '@zhtp/types';
import { viewOf } from './bytes.ts';
import { andThen, answer, forEach, type Call } from './call.ts';
import { createJournal } from './journal.ts';
import { damaged, type JournalOpenError } from './journal-error.ts';
import { readSegment, segmentHeader, segmentName, segmentNames, type Segment } from './journal-segment.ts';
import { inEventLoop, type Schedule } from './schedule.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** What the live segment holds, in order: everything since the last completed rotation. */
  readonly records: readonly Uint8Array[];
  /** Sequence of the last record; 0 before the first. */
  readonly lastSequence: bigint;
  /** The record torn by the last crash, which was cut off. It was never synced, so nobody was told of it. */
  readonly repaired: Option<{ readonly cutBytes: number; readonly lastKeptSequence: bigint }>;
}

export interface JournalOptions {
  /** Source of the secret salts; the system's by default. A simulation passes its seeded one. */
  readonly random?: RandomBytes;
  /** How a journal that has stopped answers later. */
  readonly schedule?: Schedule;
}

/**
 * Opens the journal in the disk's folder, or begins one. A torn tail is cut and reported; damage, a gap, a repeated
 * sequence or an unknown format version is refused by name, and then nothing on disk is changed.
 */
export const openJournal = (
  disk: Disk,
  done: Answer<JournalOpenError, OpenedJournal>,
  options: JournalOptions = {},
): void => {
  const random = options.random ?? systemRandom;
  const newSalt = (): number => viewOf(random(4)).getUint32(0);
  const running = (file: string, salt: number, nextSequence: bigint): Journal =>
    createJournal({ disk, newSalt, schedule: options.schedule ?? inEventLoop }, { file, salt, nextSequence });

  const begin: Call<StorageError, OpenedJournal> = (opened) => {
    const salt = newSalt();
    const file = segmentName(1n);
    const journal = (): OpenedJournal => ({
      journal: running(file, salt, 1n),
      records: [],
      lastSequence: 0n,
      repaired: O.none,
    });
    disk.replace(file, segmentHeader(1n, salt), (result) => opened(pipe(result, E.map(journal))));
  };

  const goOn = (live: Segment, dead: readonly Segment[]): Call<StorageError, OpenedJournal> =>
    pipe(
      settle(disk, live),
      andThen(() =>
        forEach(
          dead,
          (segment): Call<StorageError, void> =>
            (removed) =>
              disk.remove(segment.file, removed),
        ),
      ),
      andThen(() =>
        answer<StorageError, OpenedJournal>(
          E.right({
            journal: running(live.file, live.salt, live.lastSequence + 1n),
            records: live.records,
            lastSequence: live.lastSequence,
            repaired: pipe(
              live.tornBytes,
              O.map((cutBytes) => ({ cutBytes, lastKeptSequence: live.lastSequence })),
            ),
          }),
        ),
      ),
    );

  pipe(
    readSegments(disk),
    andThen((segments): Call<JournalOpenError, OpenedJournal> => {
      const live = segments.at(-1);
      return live === undefined ? begin : goOn(live, segments.slice(0, -1));
    }),
  )(done);
};

/**
 * Makes durable what was read, before anyone acts on it: a killed process leaves records that only the page cache has.
 * A segment is also durable before an older one goes.
 */
const settle = (disk: Disk, live: Segment): Call<StorageError, void> => {
  const sync: Call<StorageError, void> = (done) => disk.sync(live.file, done);
  if (O.isNone(live.tornBytes)) return sync;
  const cut: Call<StorageError, void> = (done) => disk.truncate(live.file, live.wholeBytes, done);
  return pipe(
    cut,
    andThen(() => sync),
  );
};

const readSegments = (disk: Disk): Call<JournalOpenError, readonly Segment[]> => {
  const list: Call<StorageError, readonly string[]> = (done) => disk.list(done);
  const read =
    (file: string): Call<JournalOpenError, Segment> =>
    (done) =>
      disk.read(file, (result) =>
        done(
          pipe(
            result,
            E.flatMap((bytes) => segmentOf(file, bytes)),
          ),
        ),
      );
  return pipe(
    list,
    andThen((names) => forEach(segmentNames(names), read)),
    andThen((segments) => answer(checkSequence(segments))),
  );
};

const segmentOf = (file: string, bytes: Option<Uint8Array>): Either<JournalOpenError, Segment> =>
  O.isNone(bytes)
    ? E.left(
        storageError(`journal file ${file} vanished while it was being opened: is another process using this folder?`),
      )
    : readSegment(file, bytes.value);

/** A closed segment was synced to its end before the next began: each continues the one before, and only the last may be torn. */
const checkSequence = (segments: readonly Segment[]): Either<JournalOpenError, readonly Segment[]> => {
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next === undefined) break;
    const missing = segment.lastSequence + 1n;
    if (next.firstSequence !== missing)
      return E.left(
        damaged(
          segment.file,
          segment.wholeBytes,
          missing,
          `the next file begins with record ${String(next.firstSequence)}`,
        ),
      );
    if (O.isSome(segment.tornBytes))
      return E.left(
        damaged(segment.file, segment.wholeBytes, missing, `it is not readable, but ${next.file} behind it is`),
      );
  }
  return E.right(segments);
};
