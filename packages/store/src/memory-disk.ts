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

interface StoredFile {
  bytes: Uint8Array;
  /** How much of `bytes` survives a crash for certain. */
  durableBytes: number;
  /** Its name survives a crash. */
  durableName: boolean;
  /** A failed flush dropped pages: no later one brings them back, whatever it says. */
  flushFailed: boolean;
}

/** Longest memory kept beside the files. */
const SPARE_BYTES_MAX = 1024 * 1024;

/** Every call takes effect in one scheduled turn and answers in a later one, so that a crash can fall between the two. */
export const createMemoryDisk = (options: MemoryDiskOptions): MemoryDisk =>
  diskOf(
    new Map([...(options.files ?? [])].map(([name, bytes]) => [name, durableFile(new Uint8Array(bytes))])),
    options,
  );

/** @param bytes in memory of their own: a file grows behind its last byte */
const durableFile = (bytes: Uint8Array): StoredFile => ({
  bytes,
  durableBytes: bytes.length,
  durableName: true,
  flushFailed: false,
});

const diskOf = (files: Map<string, StoredFile>, options: MemoryDiskOptions): MemoryDisk => {
  const lanes = createLanes();
  const fault = options.fault ?? (() => 'none' as const);
  /** Memory of a file that was removed, for the next one that grows: a journal leaves a file behind with each height. */
  let spare: Uint8Array = new Uint8Array();
  let calls = 0;
  let dead = false;

  const call = <A>(
    operation: DiskCall['operation'],
    name: string,
    effect: () => Either<StorageError, A>,
    done: Answer<StorageError, A>,
  ): void => {
    if (dead) return;
    // A file that is there was made under a plain name.
    if (operation !== 'list' && !files.has(name)) assertPlainName(name);
    lanes.enter(name, (leave) =>
      options.schedule(() => {
        if (dead) return;
        const verdict = fault({ operation, name, index: calls++ });
        if (verdict === 'fails' && operation === 'sync') loseUnsynced(name);
        const happened = verdict === 'fails' ? undefined : effect();
        const result = happened === undefined || verdict === 'fails-late' ? failure(operation, name) : happened;
        options.schedule(() => {
          if (dead) return;
          leave();
          done(result);
        });
      }),
    );
  };

  const loseUnsynced = (name: string): void => {
    const file = files.get(name);
    if (file !== undefined) file.flushFailed = true;
  };

  const usedBytes = (except: string): number =>
    [...files].reduce((sum, [name, file]) => (name === except ? sum : sum + file.bytes.length), 0);
  const room = (name: string): number =>
    options.capacityBytes === undefined ? Number.MAX_SAFE_INTEGER : options.capacityBytes - usedBytes(name);
  const put = (name: string, bytes: Uint8Array): void => void files.set(name, durableFile(bytes));

  const keepMemory = (removed: StoredFile | undefined): void => {
    const bytes = removed?.bytes.buffer.byteLength ?? 0;
    if (removed !== undefined && bytes > spare.length && bytes <= SPARE_BYTES_MAX)
      spare = new Uint8Array(removed.bytes.buffer);
  };

  /** The bytes of a file that will have this length, in the spare memory where they outgrow their own and fit there. */
  const withSpare = (bytes: Uint8Array, length: number): Uint8Array => {
    if (length <= bytes.buffer.byteLength || length > spare.length) return bytes;
    const memory = spare;
    spare = new Uint8Array();
    memory.set(bytes);
    return memory.subarray(0, bytes.length);
  };

  const append = (name: string, bytes: Uint8Array): Either<StorageError, void> => {
    const file = files.get(name) ?? {
      bytes: new Uint8Array(),
      durableBytes: 0,
      durableName: false,
      flushFailed: false,
    };
    const fits = Math.max(0, Math.min(bytes.length, room(name) - file.bytes.length));
    const roomy = withSpare(file.bytes, file.bytes.length + fits);
    file.bytes = appended(roomy, bytes.subarray(0, fits));
    files.set(name, file);
    return fits === bytes.length ? E.right(undefined) : full(name);
  };

  const sync = (name: string): Either<StorageError, void> => {
    const file = files.get(name);
    if (file === undefined) return E.left(storageError(`memory disk: sync of ${name}: there is no such file.`));
    if (file.flushFailed) return E.right(undefined);
    file.durableBytes = file.bytes.length;
    file.durableName = true;
    return E.right(undefined);
  };

  const truncate = (name: string, length: number): Either<StorageError, void> => {
    const file = files.get(name);
    if (file === undefined || length > file.bytes.length)
      return E.left(storageError(`memory disk: truncate of ${name} to ${String(length)} bytes: it has not that many.`));
    put(name, new Uint8Array(file.bytes.subarray(0, length)));
    return E.right(undefined);
  };

  const replace = (name: string, bytes: Uint8Array): Either<StorageError, void> => {
    if (room(name) < bytes.length) return full(name);
    put(name, bytes);
    return E.right(undefined);
  };

  return {
    list: (done) => call('list', '', () => E.right([...files.keys()].sort()), done),
    read: (name, done) => {
      call('read', name, () => E.right(O.fromNullable(files.get(name)?.bytes.slice())), done);
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
    remove: (name, done) => {
      const remove = (): Either<StorageError, void> => {
        keepMemory(files.get(name));
        files.delete(name);
        return E.right(undefined);
      };
      call('remove', name, remove, done);
    },
    crash: (keep) => {
      dead = true;
      return new Map([...files].flatMap(([name, file]) => survivor(name, file, keep)));
    },
    kill: (schedule) => {
      dead = true;
      return diskOf(files, { ...options, schedule: schedule ?? options.schedule });
    },
    files: () => new Map([...files].map(([name, file]) => [name, file.bytes.slice()])),
    flipBit: (name, offset, bit) => {
      const bytes = files.get(name)?.bytes;
      if (bytes !== undefined) bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
    },
    calls: () => calls,
  };
};

/** What a file that grows gets first: a journal segment mostly has a few thousand bytes. */
const GROWN_BYTES_MIN = 4_096;

/** A file grows in place: its bytes begin a memory of their own, which doubles when it is full. */
const appended = (bytes: Uint8Array, more: Uint8Array): Uint8Array => {
  const length = bytes.length + more.length;
  const fits = length <= bytes.buffer.byteLength;
  const memory = fits ? bytes : new Uint8Array(Math.max(GROWN_BYTES_MIN, 2 * length));
  if (!fits) memory.set(bytes);
  const grown = new Uint8Array(memory.buffer, 0, length);
  grown.set(more, bytes.length);
  return grown;
};

const survivor = (name: string, file: StoredFile, keep: KeepUnsynced): readonly (readonly [string, Uint8Array])[] => {
  const unsynced = file.bytes.length - file.durableBytes;
  const kept =
    file.durableBytes +
    (file.flushFailed || unsynced === 0 ? 0 : Math.max(0, Math.min(unsynced, keep(name, unsynced))));
  return kept === 0 && !file.durableName ? [] : [[name, file.bytes.slice(0, kept)]];
};

const failure = (operation: DiskCall['operation'], name: string): Either<StorageError, never> =>
  E.left(storageError(`memory disk: ${operation}${name === '' ? '' : ` of ${name}`} failed: input/output error.`));

const full = (name: string): Either<StorageError, never> =>
  E.left(storageError(`memory disk: disk full while writing ${name}: free space and start again; nothing was lost.`));
