import {
  acquireLock,
  openFileDisk,
  openLevelBlockStore,
  openLevelStateStore,
  type FileDisk,
  type LevelBlockStore,
  type LevelStateStore,
  type Lock,
} from '@zhtp/store/node';
import { either as E } from 'fp-ts';
import type { Closing } from './closing.ts';
import type { Home } from './home.ts';
import { answered, type Outcome } from './outcome.ts';

/** Keeps other processes out of a home until `closing`. */
export const lockHome = async ({ folder }: Home, closing: Closing): Outcome<void> => {
  const lock = await answered<Lock>((done) => acquireLock(folder, done));
  if (E.isLeft(lock)) return lock;
  closing.add(() => answered<void>((done) => lock.right.release(done)));
  return E.right(undefined);
};

/** Opens a folder of files, which is handed to `closing`. */
export const openDisk = async (folder: string, closing: Closing): Outcome<FileDisk> => {
  const disk = await answered<FileDisk>((done) => openFileDisk(folder, done));
  if (E.isRight(disk)) closing.add(() => answered<void>((done) => disk.right.close(done)));
  return disk;
};

/** The databases of a home. */
export interface HomeStores {
  readonly blocks: LevelBlockStore;
  readonly state: LevelStateStore;
}

/** Opens blocks, then state; both are handed to `closing`. */
export const openHomeStores = async (home: Home, closing: Closing): Outcome<HomeStores> => {
  const blocks = await answered<LevelBlockStore>((done) => openLevelBlockStore(home.blocks, done));
  if (E.isLeft(blocks)) return blocks;
  closing.add(() => answered<void>((done) => blocks.right.close(done)));
  const state = await answered<LevelStateStore>((done) => openLevelStateStore(home.state, done));
  if (E.isLeft(state)) return state;
  closing.add(() => state.right.close()());
  return E.right({ blocks: blocks.right, state: state.right });
};
