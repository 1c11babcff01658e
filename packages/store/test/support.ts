import { either as E } from 'fp-ts';
import type { Answer, Disk, Journal, StorageError } from '@zhtp/types';
import {
  createMemoryDisk,
  openJournal,
  type JournalOpenError,
  type MemoryDisk,
  type MemoryDiskOptions,
  type OpenedJournal,
  type Schedule,
} from '@zhtp/store';

/** Turns of a virtual event loop, in order or, with a source of numbers, in any order. */
export interface Turns {
  readonly schedule: Schedule;
  /** Runs until nothing is left or `limit` turns have run; answers how many ran. */
  run(limit?: number): number;
}

export const createTurns = (pick: (count: number) => number = () => 0): Turns => {
  const waiting: (() => void)[] = [];
  return {
    schedule: (run) => void waiting.push(run),
    run: (limit = Number.POSITIVE_INFINITY) => {
      let ran = 0;
      while (ran < limit && waiting.length > 0) {
        const [next] = waiting.splice(pick(waiting.length), 1);
        next?.();
        ran++;
      }
      return ran;
    },
  };
};

/** Small seeded generator (mulberry32): whole numbers below `count`. */
export const seededPick = (seed: number): ((count: number) => number) => {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
};

/** Collects the one answer of a call; a second one throws. */
const collect = <L, A>(call: (done: Answer<L, A>) => void): { readonly answer: () => E.Either<L, A> | undefined } => {
  let answer: E.Either<L, A> | undefined;
  call((result) => {
    if (answer !== undefined) throw new Error('answered twice');
    answer = result;
  });
  if (answer !== undefined) throw new Error('answered inside the call');
  return { answer: () => answer };
};

/** Runs a call to its answer on virtual time. */
export const settle = <L, A>(turns: Turns, call: (done: Answer<L, A>) => void): E.Either<L, A> => {
  const { answer } = collect(call);
  turns.run();
  const result = answer();
  if (result === undefined) throw new Error('never answered');
  return result;
};

export const rightOf = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result))
    throw new Error(
      `unexpected error: ${JSON.stringify(result.left, (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`,
    );
  return result.right;
};

export const leftOf = <L>(result: E.Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('unexpected success');
  return result.left;
};

const fixedSalt = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

export const openOn = (disk: Disk, turns: Turns): E.Either<JournalOpenError, OpenedJournal> =>
  settle<JournalOpenError, OpenedJournal>(turns, (done) =>
    openJournal(disk, done, { random: fixedSalt, schedule: turns.schedule }),
  );

export const openFiles = (
  files: ReadonlyMap<string, Uint8Array>,
): E.Either<JournalOpenError, OpenedJournal> & { readonly disk: MemoryDisk } => {
  const turns = createTurns();
  const disk = createMemoryDisk({ schedule: turns.schedule, files });
  return { ...openOn(disk, turns), disk };
};

export const diskWith = (turns: Turns, options: Omit<MemoryDiskOptions, 'schedule'> = {}): MemoryDisk =>
  createMemoryDisk({ ...options, schedule: turns.schedule });

export const payload = (index: number, length = 5): Uint8Array => {
  const bytes = new Uint8Array(length).fill(index & 0xff);
  bytes[0] = index >> 8;
  return bytes;
};

export const syncNow = (journal: Journal, turns: Turns): E.Either<StorageError, void> =>
  settle<StorageError, void>(turns, (done) => journal.sync(done));

/** The files of a journal with these payloads, all synced. */
export const journalFiles = (payloads: readonly Uint8Array[]): ReadonlyMap<string, Uint8Array> => {
  const turns = createTurns();
  const disk = diskWith(turns);
  const { journal } = rightOf(openOn(disk, turns));
  for (const each of payloads) journal.append(each);
  rightOf(syncNow(journal, turns));
  return disk.files();
};
