import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StorageError } from '@zhtp/types';
import { andThen, forEach, type Call } from '../call.ts';
import { fileError, type FileSystem } from './file-system.ts';
import { makeFolders } from './folders.ts';

type Done = (cause: NodeJS.ErrnoException | null) => void;

/** The calls of a file system as steps that answer with a value or an error a person can act on. */
export interface FileCalls {
  /** Creates a folder with its parents, durably; content when it is there. */
  makeFolder(folder: string): Call<StorageError, void>;
  list(folder: string): Call<StorageError, readonly string[]>;
  read(path: string): Call<StorageError, Option<Uint8Array>>;
  open(path: string, flags: number): Call<StorageError, number>;
  /** All of `bytes`, however many calls that takes. */
  write(fd: number, path: string, bytes: Uint8Array): Call<StorageError, void>;
  truncate(fd: number, path: string, length: number): Call<StorageError, void>;
  /** Contents and what is needed to read them back. */
  flushContents(fd: number, path: string): Call<StorageError, void>;
  flush(fd: number, path: string): Call<StorageError, void>;
  flushFolder(folder: string): Call<StorageError, void>;
  close(fd: number, path: string): Call<StorageError, void>;
  /** Runs `work`, then closes the file whatever came of it. */
  closing(fd: number, path: string, work: Call<StorageError, void>): Call<StorageError, void>;
  rename(from: string, to: string): Call<StorageError, void>;
  remove(path: string): Call<StorageError, void>;
}

/** New files belong to the node's user alone: they tell what a validator signed. */
const MODE = 0o600;
const FOLDER_MODE = 0o700;

export const createFileCalls = (fs: FileSystem): FileCalls => {
  const plain =
    (what: string, path: string, call: (done: Done) => void): Call<StorageError, void> =>
    (done) =>
      call((cause) => done(cause === null ? E.right(undefined) : E.left(fileError(what, path, cause))));

  const open =
    (path: string, flags: number): Call<StorageError, number> =>
    (done) =>
      fs.open(path, flags, MODE, (cause, fd) =>
        done(cause === null ? E.right(fd) : E.left(fileError('opening', path, cause))),
      );

  const write =
    (fd: number, path: string, bytes: Uint8Array): Call<StorageError, void> =>
    (done) => {
      const rest = (from: number): void =>
        fs.write(fd, bytes, from, bytes.length - from, null, (cause, written) => {
          if (cause !== null) done(E.left(fileError('writing', path, cause)));
          else if (from + written < bytes.length) rest(from + written);
          else done(E.right(undefined));
        });
      rest(0);
    };

  const flush = (fd: number, path: string) => plain('flushing', path, (done) => fs.fsync(fd, done));
  const close = (fd: number, path: string) => plain('closing', path, (done) => fs.close(fd, done));

  const closing =
    (fd: number, path: string, work: Call<StorageError, void>): Call<StorageError, void> =>
    (done) =>
      work((worked) => close(fd, path)((closed) => done(E.isLeft(worked) ? worked : closed)));

  const flushFolder = (folder: string): Call<StorageError, void> =>
    process.platform === 'win32'
      ? plain('listing', folder, (done) => fs.readdir(folder, done))
      : pipe(
          open(folder, constants.O_RDONLY),
          andThen((fd) => closing(fd, folder, flush(fd, folder))),
        );

  const makeFolder = (folder: string): Call<StorageError, void> => {
    const make: Call<StorageError, readonly string[]> = (done) =>
      makeFolders(
        folder,
        FOLDER_MODE,
        (cause, made) => done(cause === null ? E.right(made) : E.left(fileError('creating folder', folder, cause))),
        fs,
      );
    const flushed: Call<StorageError, readonly void[]> = pipe(
      make,
      andThen((made) => forEach(made.map(dirname), flushFolder)),
    );
    return (done) =>
      flushed((result) =>
        done(
          pipe(
            result,
            E.map(() => undefined),
          ),
        ),
      );
  };

  return {
    makeFolder,
    list: (folder) => (done) =>
      fs.readdir(folder, (cause, names) =>
        done(cause === null ? E.right(names) : E.left(fileError('listing', folder, cause))),
      ),
    read: (path) => (done) =>
      fs.readFile(path, (cause, bytes) => {
        if (cause === null) done(E.right(O.some(new Uint8Array(bytes))));
        else if (cause.code === 'ENOENT') done(E.right(O.none));
        else done(E.left(fileError('reading', path, cause)));
      }),
    open,
    write,
    truncate: (fd, path, length) => plain('cutting', path, (done) => fs.ftruncate(fd, length, done)),
    flushContents: (fd, path) => plain('flushing', path, (done) => fs.fdatasync(fd, done)),
    flush,
    flushFolder,
    close,
    closing,
    rename: (from, to) => plain('renaming', from, (done) => fs.rename(from, to, done)),
    remove: (path) =>
      plain('removing', path, (done) => fs.unlink(path, (cause) => done(cause?.code === 'ENOENT' ? null : cause))),
  };
};
