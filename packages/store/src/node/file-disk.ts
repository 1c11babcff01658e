import { constants } from 'node:fs';
import { join } from 'node:path';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { Answer, Disk, StorageError } from '@zhtp/types';
import { andThen, answer, forEach, type Call } from '../call.ts';
import { createLanes } from '../lanes.ts';
import { assertPlainName } from '../plain-name.ts';
import { createFileCalls, type FileCalls } from './file-calls.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';

/** A Disk over one real folder, and a way to give its open files back. */
export interface FileDisk extends Disk {
  /** Closes the open files. Nothing may be asked afterwards. */
  close(done: Answer<StorageError, void>): void;
}

/** An open file that is appended to. */
interface Appending {
  readonly fd: number;
  /** The folder may not know the file yet. */
  isNew: boolean;
}

const { O_APPEND, O_CREAT, O_WRONLY, O_TRUNC, O_RDWR } = constants;

/**
 * Files in `folder`, which is created when it is missing. What is durable has reached the disk: file contents with
 * fdatasync, names with an fsync of the folder (not on Windows, which has no such call and journals names itself).
 * After a failed write or flush a file takes no more of either: what the kernel still holds of it is not known.
 */
export const openFileDisk = (
  folder: string,
  done: Answer<StorageError, FileDisk>,
  fs: FileSystem = nodeFileSystem,
): void => {
  const calls = createFileCalls(fs);
  pipe(
    calls.makeFolder(folder),
    andThen(() => calls.list(folder)),
    andThen((names) => forEach(names.filter(isUnfinished), (name) => calls.remove(join(folder, name)))),
    andThen(() => answer<StorageError, FileDisk>(E.right(fileDisk(folder, calls)))),
  )(done);
};

/** What a crash left of a replacement that did not happen. */
const isUnfinished = (name: string): boolean => name.endsWith('.tmp');

const fileDisk = (folder: string, calls: FileCalls): FileDisk => {
  const lanes = createLanes();
  const appending = new Map<string, Appending>();
  const failed = new Map<string, StorageError>();
  const pathOf = (name: string): string => join(folder, name);

  const inLane = <A>(name: string, call: Call<StorageError, A>, done: Answer<StorageError, A>): void => {
    assertPlainName(name);
    lanes.enter(name, (leave) =>
      call((result) => {
        leave();
        done(result);
      }),
    );
  };

  /** A write or flush: refused once one has failed. */
  const unlessFailed =
    <A>(name: string, call: Call<StorageError, A>): Call<StorageError, A> =>
    (done) => {
      const earlier = failed.get(name);
      if (earlier !== undefined) {
        queueMicrotask(() => done(E.left(earlier)));
        return;
      }
      call((result) => {
        if (E.isLeft(result)) failed.set(name, result.left);
        done(result);
      });
    };

  const opened =
    (name: string, flags: number): Call<StorageError, Appending> =>
    (done) => {
      const open = appending.get(name);
      if (open !== undefined) {
        done(E.right(open));
        return;
      }
      const path = pathOf(name);
      pipe(
        calls.open(path, O_WRONLY | O_APPEND | flags),
        andThen((fd) => {
          const file: Appending = { fd, isNew: true };
          appending.set(name, file);
          return answer<StorageError, Appending>(E.right(file));
        }),
      )(done);
    };

  const sync = (name: string): Call<StorageError, void> =>
    pipe(
      opened(name, 0),
      andThen((file) =>
        pipe(
          calls.flushContents(file.fd, pathOf(name)),
          andThen((): Call<StorageError, void> =>
            file.isNew ? calls.flushFolder(folder) : answer(E.right(undefined)),
          ),
          andThen((): Call<StorageError, void> => {
            file.isNew = false;
            return answer(E.right(undefined));
          }),
        ),
      ),
    );

  const closed =
    (name: string): Call<StorageError, void> =>
    (done) => {
      const open = appending.get(name);
      appending.delete(name);
      if (open === undefined) done(E.right(undefined));
      else calls.close(open.fd, pathOf(name))(done);
    };

  /** Written beside, flushed, renamed over, and the folder flushed: at each instant the old or the new contents. */
  const replace = (name: string, bytes: Uint8Array): Call<StorageError, void> => {
    const beside = `${pathOf(name)}.tmp`;
    return pipe(
      closed(name),
      andThen(() => calls.open(beside, O_WRONLY | O_CREAT | O_TRUNC)),
      andThen((fd) =>
        calls.closing(
          fd,
          beside,
          pipe(
            calls.write(fd, beside, bytes),
            andThen(() => calls.flush(fd, beside)),
          ),
        ),
      ),
      andThen(() => calls.rename(beside, pathOf(name))),
      andThen(() => calls.flushFolder(folder)),
    );
  };

  const truncate = (name: string, length: number): Call<StorageError, void> => {
    const path = pathOf(name);
    return pipe(
      calls.open(path, O_RDWR),
      andThen((fd) =>
        calls.closing(
          fd,
          path,
          pipe(
            calls.truncate(fd, path, length),
            andThen(() => calls.flush(fd, path)),
          ),
        ),
      ),
    );
  };

  const remove = (name: string): Call<StorageError, void> =>
    pipe(
      closed(name),
      andThen(() => calls.remove(pathOf(name))),
      andThen(() => calls.flushFolder(folder)),
    );

  return {
    list: (done) =>
      pipe(
        calls.list(folder),
        andThen((names) =>
          answer<StorageError, readonly string[]>(E.right(names.filter((name) => !isUnfinished(name)).sort())),
        ),
      )(done),
    read: (name, done) => inLane(name, calls.read(pathOf(name)), done),
    append: (name, bytes, done) => {
      const write = pipe(
        opened(name, O_CREAT),
        andThen((file) => calls.write(file.fd, pathOf(name), bytes)),
      );
      inLane(name, unlessFailed(name, write), done);
    },
    sync: (name, done) => inLane(name, unlessFailed(name, sync(name)), done),
    truncate: (name, length, done) => inLane(name, unlessFailed(name, truncate(name, length)), done),
    replace: (name, bytes, done) => inLane(name, unlessFailed(name, replace(name, bytes)), done),
    remove: (name, done) => inLane(name, remove(name), done),
    close: (done) => {
      const all = forEach([...appending.keys()], closed);
      all((result) =>
        queueMicrotask(() =>
          done(
            pipe(
              result,
              E.map(() => undefined),
            ),
          ),
        ),
      );
    },
  };
};
