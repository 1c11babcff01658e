import * as fs from 'node:fs';
import { storageError, type StorageError } from '@zhtp/types';

/** The calls of `node:fs` a file disk makes; tests pass ones that fail. */
export type FileSystem = Pick<
  typeof fs,
  | 'open'
  | 'write'
  | 'fsync'
  | 'fdatasync'
  | 'ftruncate'
  | 'close'
  | 'rename'
  | 'unlink'
  | 'readdir'
  | 'readFile'
  | 'mkdir'
  | 'stat'
>;

/** The runtime's own. */
export const nodeFileSystem: FileSystem = fs;

/** A failed system call as one line: what, where, and what to do. */
export const fileError = (what: string, path: string, cause: NodeJS.ErrnoException): StorageError => {
  switch (cause.code ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return storageError(
        `disk full: ${what} ${path}: free space on the disk of ${path} and start again; nothing was lost.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return storageError(
        `${what} ${path}: no permission (${cause.code}): give this user write access to it and start again.`,
      );
    case 'EMFILE':
    case 'ENFILE':
      return storageError(
        `${what} ${path}: too many open files (${cause.code}): raise the limit (ulimit -n) and start again.`,
      );
    case 'EIO':
      return storageError(`${what} ${path}: the disk failed (EIO): check the disk and its log before starting again.`);
    default:
      return storageError(`${what} ${path} failed: ${cause.message}.`);
  }
};
