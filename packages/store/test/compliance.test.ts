import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Disk } from '@zhtp/types';
import {
  createMemoryBlockStore,
  createMemoryDisk,
  createMemoryStateStore,
  inEventLoop,
  keepNothing,
} from '@zhtp/store';
import { blockStoreCompliance, diskCompliance, stateStoreCompliance, succeed } from '@zhtp/store/compliance';
import {
  openFileDisk,
  openLevelBlockStore,
  openLevelStateStore,
  type FileDisk,
  type LevelBlockStore,
  type LevelStateStore,
} from '@zhtp/store/node';
import { rightOf } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'zhtp-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, String(folders++), 'nested');

describe('memory disk', () => {
  test.each(diskCompliance)('$title', async ({ run }) => {
    const disk = createMemoryDisk({ schedule: inEventLoop });
    const restart = (): Promise<Disk> =>
      Promise.resolve(createMemoryDisk({ schedule: inEventLoop, files: disk.crash(keepNothing) }));
    await expect(run({ disk, restart })).resolves.toBeUndefined();
  });
});

describe('file disk', () => {
  test.each(diskCompliance)('$title', async ({ run }) => {
    const folder = freshFolder();
    const open = (): Promise<FileDisk> => succeed((done) => openFileDisk(folder, done));
    const disk = await open();
    const restart = async (): Promise<FileDisk> => {
      await succeed((done) => disk.close(done));
      return open();
    };
    await expect(run({ disk, restart })).resolves.toBeUndefined();
  });
});

describe('memory block store', () => {
  test.each(blockStoreCompliance)('$title', async ({ run }) => {
    const store = createMemoryBlockStore(inEventLoop);
    await expect(run({ store, restart: () => Promise.resolve(store) })).resolves.toBeUndefined();
  });
});

describe('LevelDB block store', () => {
  test.each(blockStoreCompliance)('$title', async ({ run }) => {
    const folder = freshFolder();
    const open = (): Promise<LevelBlockStore> => succeed((done) => openLevelBlockStore(folder, done));
    let store = await open();
    const first = store;
    const restart = async (): Promise<LevelBlockStore> => {
      await succeed((done) => store.close(done));
      store = await open();
      return store;
    };
    await expect(run({ store: first, restart })).resolves.toBeUndefined();
    await succeed((done) => store.close(done));
  });
});

describe('memory state store', () => {
  test.each(stateStoreCompliance)('$title', async ({ run }) => {
    const store = createMemoryStateStore();
    await expect(run({ store, restart: () => Promise.resolve(store) })).resolves.toBeUndefined();
  });
});

describe('LevelDB state store', () => {
  test.each(stateStoreCompliance)('$title', async ({ run }) => {
    const folder = freshFolder();
    const open = (): Promise<LevelStateStore> => succeed((done) => openLevelStateStore(folder, done));
    let store = await open();
    const first = store;
    const restart = async (): Promise<LevelStateStore> => {
      rightOf(await store.close()());
      store = await open();
      return store;
    };
    await expect(run({ store: first, restart })).resolves.toBeUndefined();
    rightOf(await store.close()());
  });
});
