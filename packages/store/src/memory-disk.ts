import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { storageError, type Answer, type Disk, type StorageError } from '@zhtp/types';
import { createLanes } from './lanes.ts';
import { assertPlainName } from './plain-name.ts';
import type { Schedule } from './schedule.ts';

/** One call on a disk, numbered from 0 in the order the calls take effect. */
export interface DiskCall {
  readonly operation: 'list' | 'read' | 'append' | 'sync' | 'truncate' | 'replace' | 'remove';
  readonly name: string;
  readonly index: number;
}

/** `fails`: no effect, an error. `fails-late`: the effect, and an error all the same. */
export type DiskFault = 'none' | 'fails' | 'fails-late';

/** What a memory disk begins with, and how it fails. */
export interface MemoryDiskOptions {
  readonly schedule: Schedule;
  /** What is on the disk at the start, all of it durable. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Bytes that fit; an append beyond writes what fits and fails, like a full disk. */
  readonly capacityBytes?: number;
  readonly fault?: (call: DiskCall) => DiskFault;
}

/**
 * How many of a file's unsynced bytes a crash leaves. In between lies a torn write. A file that never was durable and
 * keeps nothing is gone.
 */
export type KeepUnsynced = (name: string, unsyncedBytes: number) => number;

/** A disk for simulation and tests: what is not durable may be lost, torn or, on request, flipped. */
export interface MemoryDisk extends Disk {
  /** The power goes: calls under way never answer, this disk is dead. Answers the files as the next start finds them. */
  crash(keep: KeepUnsynced): ReadonlyMap<string, Uint8Array>;
  /**
   * The process dies, the machine goes on: calls under way never answer, this disk is dead. Answers the disk of the next
   * process, which sees what is not durable yet and may still lose it.
   */
  kill(schedule?: Schedule): MemoryDisk;
  /** The files as a process on this disk sees them now. */
  files(): ReadonlyMap<string, Uint8Array>;
  /** Flips bit 0–7 of one stored byte: damage, not a crash. */
  flipBit(name: string, offset: number, bit: number): void;
  /** Calls that took effect so far. */
  calls(): number;
}

/** The worst a crash can do. */
export const keepNothing: KeepUnsynced = () => 0;

/** A crash that loses nothing, as of a process on a machine that goes on. */
export const keepEverything: KeepUnsynced = (_name, unsyncedBytes) => unsyncedBytes;

/** A file grows in memory of its own, of which it takes the first bytes. */
interface StoredFile {
  memory: Uint8Array;
  length: number;
  /** How much of it survives a crash for certain. */
  durableBytes: number;
  /** Its name survives a crash. */
  durableName: boolean;
  /** A failed flush dropped pages: no later one brings them back, whatever it says. */
  flushFailed: boolean;
}

const contentOf = ({ memory, length }: StoredFile): Uint8Array => memory.slice(0, length);

/** What a file that grows gets first: a journal segment mostly has a few thousand bytes. */
const GROWN_BYTES_MIN = 4_096;

/** Longest memory kept beside the files: the journal of a height of a hundred validators fits, which has 1 MB of signatures. */
const SPARE_BYTES_MAX = 4 * 1024 * 1024;

const DONE: Either<never, void> = E.right(undefined);

/** Every call takes effect in one scheduled turn and answers in a later one, so that a crash can fall between the two. */
export const createMemoryDisk = (options: MemoryDiskOptions): MemoryDisk =>
  diskOf(
    new Map([...(options.files ?? [])].map(([name, bytes]) => [name, durableFile(new Uint8Array(bytes))])),
    options,
  );

/** @param memory becomes the file's own */
const durableFile = (memory: Uint8Array): StoredFile => ({
  memory,
  length: memory.length,
  durableBytes: memory.length,
  durableName: true,
  flushFailed: false,
});

const diskOf = (files: Map<string, StoredFile>, options: MemoryDiskOptions): MemoryDisk => {
  const lanes = createLanes();
  const { schedule, fault } = options;
  /** Memory of a file that was removed, for the next one that grows: a journal leaves a file behind with each height. */
  let spare: Uint8Array = new Uint8Array();
  let calls = 0;
  let dead = false;

  const resultOf = <A>(
    operation: DiskCall['operation'],
    name: string,
    effect: () => Either<StorageError, A>,
  ): Either<StorageError, A> => {
    const index = calls++;
    const verdict = fault === undefined ? 'none' : fault({ operation, name, index });
    if (verdict === 'fails' && operation === 'sync') loseUnsynced(name);
    const happened = verdict === 'fails' ? undefined : effect();
    return happened === undefined || verdict === 'fails-late' ? failure(operation, name) : happened;
  };

  const call = <A>(
    operation: DiskCall['operation'],
    name: string,
    effect: () => Either<StorageError, A>,
    done: Answer<StorageError, A>,
  ): void => {
    if (dead) return;
    // A file that is there was made under a plain name.
    if (operation !== 'list' && !files.has(name)) assertPlainName(name);
    lanes.enter(name, (leave) => {
      let result: Either<StorageError, A> | undefined;
      /** The first one takes effect, the second one answers. */
      const turn = (): void => {
        if (dead) return;
        if (result === undefined) {
          result = resultOf(operation, name, effect);
          schedule(turn);
          return;
        }
        leave();
        done(result);
      };
      schedule(turn);
    });
  };

  const loseUnsynced = (name: string): void => {
    const file = files.get(name);
    if (file !== undefined) file.flushFailed = true;
  };

  const usedBytes = (except: string): number =>
    [...files].reduce((sum, [name, { length }]) => (name === except ? sum : sum + length), 0);
  const room = (name: string): number =>
    options.capacityBytes === undefined ? Number.MAX_SAFE_INTEGER : options.capacityBytes - usedBytes(name);
  const put = (name: string, bytes: Uint8Array): void => void files.set(name, durableFile(bytes));

  const created = (name: string): StoredFile => {
    const file = { memory: new Uint8Array(), length: 0, durableBytes: 0, durableName: false, flushFailed: false };
    files.set(name, file);
    return file;
  };

  const keepMemory = (memory: Uint8Array): void => {
    if (memory.length > spare.length && memory.length <= SPARE_BYTES_MAX) spare = memory;
  };

  /** Memory for a file that outgrew its own, of at least this length: the spare one where it is long enough. */
  const newMemory = (length: number): Uint8Array => {
    if (length > spare.length) return new Uint8Array(Math.max(GROWN_BYTES_MIN, 2 * length));
    const memory = spare;
    spare = new Uint8Array();
    return memory;
  };

  const append = (name: string, bytes: Uint8Array): Either<StorageError, void> => {
    const file = files.get(name) ?? created(name);
    const fits = Math.max(0, Math.min(bytes.length, room(name) - file.length));
    const length = file.length + fits;
    if (length > file.memory.length) {
      const memory = newMemory(length);
      memory.set(file.memory.subarray(0, file.length));
      file.memory = memory;
    }
    file.memory.set(fits === bytes.length ? bytes : bytes.subarray(0, fits), file.length);
    file.length = length;
    return fits === bytes.length ? DONE : full(name);
  };

  const sync = (name: string): Either<StorageError, void> => {
    const file = files.get(name);
    if (file === undefined) return E.left(storageError(`memory disk: sync of ${name}: there is no such file.`));
    if (file.flushFailed) return DONE;
    file.durableBytes = file.length;
    file.durableName = true;
    return DONE;
  };

  const truncate = (name: string, length: number): Either<StorageError, void> => {
    const file = files.get(name);
    if (file === undefined || length > file.length)
      return E.left(storageError(`memory disk: truncate of ${name} to ${String(length)} bytes: it has not that many.`));
    put(name, file.memory.slice(0, length));
    return DONE;
  };

  const replace = (name: string, bytes: Uint8Array): Either<StorageError, void> => {
    if (room(name) < bytes.length) return full(name);
    put(name, bytes);
    return DONE;
  };

  const remove = (name: string): Either<StorageError, void> => {
    const file = files.get(name);
    if (file !== undefined) keepMemory(file.memory);
    files.delete(name);
    return DONE;
  };

  return {
    list: (done) => call('list', '', () => E.right([...files.keys()].sort()), done),
    read: (name, done) => {
      call('read', name, () => E.right(O.map(contentOf)(O.fromNullable(files.get(name)))), done);
    },
    append: (name, bytes, done) => {
      // They stay as they are until the answer (Disk), which comes after they are stored.
      call('append', name, () => append(name, bytes), done);
    },
    sync: (name, done) => call('sync', name, () => sync(name), done),
    truncate: (name, length, done) => call('truncate', name, () => truncate(name, length), done),
    replace: (name, bytes, done) => {
      const copy = new Uint8Array(bytes);
      call('replace', name, () => replace(name, copy), done);
    },
    remove: (name, done) => call('remove', name, () => remove(name), done),
    crash: (keep) => {
      dead = true;
      return new Map([...files].flatMap(([name, file]) => survivor(name, file, keep)));
    },
    kill: (schedule) => {
      dead = true;
      return diskOf(files, { ...options, schedule: schedule ?? options.schedule });
    },
    files: () => new Map([...files].map(([name, file]) => [name, contentOf(file)])),
    flipBit: (name, offset, bit) => {
      const file = files.get(name);
      if (file !== undefined && offset < file.length) file.memory[offset] = (file.memory[offset] ?? 0) ^ (1 << bit);
    },
    calls: () => calls,
  };
};

const survivor = (name: string, file: StoredFile, keep: KeepUnsynced): readonly (readonly [string, Uint8Array])[] => {
  const unsynced = file.length - file.durableBytes;
  const kept =
    file.durableBytes +
    (file.flushFailed || unsynced === 0 ? 0 : Math.max(0, Math.min(unsynced, keep(name, unsynced))));
  return kept === 0 && !file.durableName ? [] : [[name, file.memory.slice(0, kept)]];
};

const failure = (operation: DiskCall['operation'], name: string): Either<StorageError, never> =>
  E.left(storageError(`memory disk: ${operation}${name === '' ? '' : ` of ${name}`} failed: input/output error.`));

const full = (name: string): Either<StorageError, never> =>
  E.left(storageError(`memory disk: disk full while writing ${name}: free space and start again; nothing was lost.`));
