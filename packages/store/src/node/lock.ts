import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { ClassicLevel } from 'classic-level';
import { storageError, type Answer, type StorageError } from '@zhtp/types';
import { answerLater } from '../answer-later.ts';
import { codeOf, messageOf } from './level-error.ts';

/** One process at a time: held until released or until the process ends, however it ends. */
export interface Lock {
  release(done: Answer<StorageError, void>): void;
}

/** Somebody else holds the lock. */
export interface LockedError {
  readonly _tag: 'Locked';
  /** One line that names the folder, the lock file and, when known, the process. */
  readonly message: string;
}

/**
 * Locks a folder (a home, a signer) through the LOCK file of an empty LevelDB inside it: an operating-system lock
 * (fcntl, LockFileEx), the only one a program without native code of its own can take here. The system drops it with
 * the process, so `kill -9` leaves nothing stale and no process id has to be believed. The id in `holder` only names
 * the process in the message.
 */
export const acquireLock = (folder: string, done: Answer<LockedError | StorageError, Lock>): void => {
  const path = join(folder, 'lock');
  answerLater(acquire(folder, path), done);
};

const acquire = async (folder: string, path: string): Promise<Either<LockedError | StorageError, Lock>> => {
  try {
    return E.right(await openLock(path));
  } catch (cause) {
    return isUnreadable(cause) ? acquireAnew(folder, path) : E.left(await refusal(folder, path, cause));
  }
};

/** A crash can leave the empty database unreadable. It holds nothing: it is made anew, under its own lock. */
const acquireAnew = async (folder: string, path: string): Promise<Either<LockedError | StorageError, Lock>> => {
  try {
    await ClassicLevel.destroy(path);
    return E.right(await openLock(path));
  } catch (cause) {
    return E.left(await refusal(folder, path, cause));
  }
};

const isUnreadable = (cause: unknown): boolean =>
  codeOf(cause) === 'LEVEL_CORRUPTION' || /MANIFEST-[0-9]+: No such file/.test(messageOf(cause));

const refusal = async (folder: string, path: string, cause: unknown): Promise<LockedError | StorageError> =>
  codeOf(cause) === 'LEVEL_LOCKED'
    ? lockedBy(folder, path)
    : storageError(`locking ${folder} failed: ${messageOf(cause)}. Check that ${path} can be written and start again.`);

const openLock = async (path: string): Promise<Lock> => {
  const level = new ClassicLevel(path, { createIfMissing: true });
  await level.open();
  await writeFile(join(path, 'holder'), `${String(process.pid)}\n`, { mode: 0o600 });
  return { release: (done) => answerLater(closeLock(level, path), done) };
};

const closeLock = async (level: ClassicLevel, path: string): Promise<Either<StorageError, void>> => {
  try {
    await level.close();
    return E.right(undefined);
  } catch (cause) {
    return E.left(storageError(`releasing the lock ${path} failed: ${messageOf(cause)}.`));
  }
};

const lockedBy = async (folder: string, path: string): Promise<LockedError> => {
  const holder = await readFile(join(path, 'holder'), 'utf8').catch(() => '');
  const who = /^[0-9]+\n$/.test(holder) ? `process ${holder.trim()}` : 'another process';
  return {
    _tag: 'Locked',
    message: `${folder} is in use by ${who} (lock file ${join(path, 'LOCK')}): stop that process first, or use another folder.`,
  };
};
