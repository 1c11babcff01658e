import { promisify } from 'node:util';

/** Makes a folder and those above it that are missing, with this mode; content when it is there. */
export const makeFolders = async (folder: string, mode?: number): Promise<void> => {
  // Loaded when it is needed: LevelDB comes with it, and most commands touch no folder.
  const { makeFolders: make } = await import('@zhtp/store/node');
  await promisify(make)(folder, mode);
};
