import * as fs from 'node:fs';
import { dirname } from 'node:path';

/** Answers with the folders that were made, topmost first. */
type MadeFolders = (cause: NodeJS.ErrnoException | null, made: readonly string[]) => void;

/**
 * Makes a folder and those above it that are missing; content when it is there. The runtime's own recursive form never
 * returns where the system answers ENOENT to making a folder in one that exists, as it does below /proc.
 * @param mode permissions of new folders; what the process gives by itself when undefined
 * @param done the system's error, or the folders that are new, topmost first
 */
export const makeFolders = (
  folder: string,
  mode: number | undefined,
  done: MadeFolders,
  { mkdir, stat }: Pick<typeof fs, 'mkdir' | 'stat'> = fs,
): void => {
  const makeBelow = (made: readonly string[], orElse: (cause: NodeJS.ErrnoException) => void): void =>
    mkdir(folder, { mode }, (cause) => {
      if (cause === null) done(null, [...made, folder]);
      else if (cause.code === 'ENOENT') orElse(cause);
      // Somebody else made it meanwhile, or it was there: a system may say so with other words than EEXIST.
      else stat(folder, (unknown, found) => done(unknown === null && found.isDirectory() ? null : cause, made));
    });
  const parent = dirname(folder);
  makeBelow([], (missing) => {
    if (parent === folder) done(missing, []);
    else
      makeFolders(
        parent,
        mode,
        (cause, made) => {
          if (cause === null) makeBelow(made, (refused) => done(refused, made));
          else done(cause, made);
        },
        { mkdir, stat },
      );
  });
};
