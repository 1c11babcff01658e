import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './outcome.ts';

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return false;
    throw cause;
  }
};

const makeOne = async (folder: string, mode: number | undefined): Promise<void> => {
  try {
    await mkdir(folder, { mode });
  } catch (cause) {
    // Somebody else made it meanwhile, or it ends in a link to nowhere, which the next use of it reports.
    if (systemCode(cause) !== 'EEXIST') throw cause;
  }
};

/**
 * Makes a folder and those above it that are missing. The runtime's own recursive form never returns where the system
 * answers ENOENT to making a folder in one that exists, as it does below /proc.
 */
export const makeFolders = async (folder: string, mode?: number): Promise<void> => {
  const missing: string[] = [];
  for (let at = folder; !(await isThere(at)) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const each of missing) await makeOne(each, mode);
};
