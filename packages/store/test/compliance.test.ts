import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CommittedBlock, Disk, StorageError } from '@zhtp/types';
import {
  createMemoryBlockStore,
  createMemoryDisk,
  createMemoryStateStore,
  inEventLoop,
  keepNothing,
} from '@zhtp/store';
import { option as O } from 'fp-ts';
import {
  blockStoreCompliance,
  diskCompliance,
  sampleBlock,
  stateStoreCompliance,
  succeed,
} from '@zhtp/store/compliance';
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

describe('a memory block store that keeps few blocks', () => {
  test.each([
    [1n, 9n, 9n],
    [3n, 7n, 9n],
    [9n, 1n, 9n],
    [20n, 1n, 9n],
    // 255, 256 and 257 blocks are let go: the places of 256 are cut from the list.
    [3n, 256n, 258n],
    [3n, 257n, 259n],
    [3n, 258n, 260n],
    [1n, 600n, 600n],
  ])('has the last %i, of which %i is the first, after %i', async (kept, base, head) => {
    const store = createMemoryBlockStore(inEventLoop, kept);
    for (let height = 1n; height <= head; height++)
      await succeed<StorageError, void>((done) => store.save(sampleBlock(height, new Uint8Array(1)), done));
    expect(store.bounds()).toEqual(O.some({ baseHeight: base, headHeight: head }));
    const held = await succeed<StorageError, readonly CommittedBlock[]>((done) =>
      store.range(base, 20, 1_000_000, done),
    );
    expect(held.map(({ block }) => block.header.height)).toEqual(
      Array.from({ length: Number(head - base) + 1 }, (_, i) => base + BigInt(i)),
    );
    expect(await succeed<StorageError, O.Option<CommittedBlock>>((done) => store.load(base - 1n, done))).toEqual(
      O.none,
    );
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
