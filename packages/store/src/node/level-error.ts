import { storageError, type StorageError } from '@zhtp/types';

/** The code of an error or of what caused it: classic-level wraps the reason. */
export const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return '';
  if (cause.cause !== undefined) return codeOf(cause.cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
};

export const messageOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause === undefined ? cause.message : messageOf(cause.cause);
};

/** A failed database call as one line: what, where, and what to do. */
export const levelError = (what: string, folder: string, cause: unknown): StorageError => {
  const found = messageOf(cause);
  if (codeOf(cause) === 'LEVEL_LOCKED')
    return storageError(
      `database ${folder} is in use by another process: stop that process first, or use another home.`,
    );
  if (codeOf(cause) === 'LEVEL_CORRUPTION') return damagedDatabase(folder, found);
  if (/No space left|quota/i.test(found))
    return storageError(
      `disk full: ${what} in ${folder}: free space on the disk of ${folder} and start again; nothing was lost.`,
    );
  return storageError(`${what} in database ${folder} failed: ${found}.`);
};

export const damagedDatabase = (folder: string, found: string): StorageError =>
  storageError(
    `database ${folder} is damaged: ${found}. Check the disk; then restore a copy of this folder, or move it away and start again: ` +
      'the node rebuilds what it held from its peers.',
  );
