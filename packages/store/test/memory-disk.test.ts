import { describe, expect, test } from 'vitest';
import { keepEverything, keepNothing, type MemoryDisk } from '@zhtp/store';
import type { StorageError } from '@zhtp/types';
import { createTurns, diskWith, leftOf, rightOf, settle } from './support.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4);
const turns = createTurns();
const append = (disk: MemoryDisk, name: string) =>
  settle<StorageError, void>(turns, (done) => disk.append(name, BYTES, done));
const sync = (disk: MemoryDisk, name: string) => settle<StorageError, void>(turns, (done) => disk.sync(name, done));
const contents = (files: ReadonlyMap<string, Uint8Array>): Record<string, readonly number[]> =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, [...bytes]]));

describe('a memory disk', () => {
  test('keeps of unsynced bytes what the crash says, and of synced ones all', () => {
    for (const [keep, expected] of [
      [keepNothing, { a: [1, 2, 3, 4] }],
      [() => 3, { a: [1, 2, 3, 4, 1, 2, 3], b: [1, 2, 3] }],
      [keepEverything, { a: [1, 2, 3, 4, 1, 2, 3, 4], b: [1, 2, 3, 4] }],
    ] as const) {
      const disk = diskWith(turns);
      rightOf(append(disk, 'a'));
      rightOf(sync(disk, 'a'));
      rightOf(append(disk, 'a'));
      rightOf(append(disk, 'b'));
      expect(contents(disk.crash(keep))).toEqual(expected);
    }
  });

  test('lets a killed process’s successor see unsynced bytes and still lose them', () => {
    const disk = diskWith(turns);
    rightOf(append(disk, 'a'));
    const next = disk.kill();
    expect(contents(next.files())).toEqual({ a: [1, 2, 3, 4] });
    expect(contents(next.crash(keepNothing))).toEqual({});
  });

  test('never answers after a crash', () => {
    const disk = diskWith(turns);
    let answered = false;
    disk.append('a', BYTES, () => (answered = true));
    turns.run(1);
    disk.crash(keepNothing);
    disk.sync('a', () => (answered = true));
    turns.run();
    expect(answered).toBe(false);
  });

  test('after a failed flush reports later ones as good and loses the bytes all the same', () => {
    const disk = diskWith(turns, { fault: ({ index }) => (index === 1 ? 'fails' : 'none') });
    rightOf(append(disk, 'a'));
    leftOf(sync(disk, 'a'));
    rightOf(sync(disk, 'a'));
    expect(contents(disk.crash(keepEverything))).toEqual({});
  });

  test('when full takes what fits and says so', () => {
    const disk = diskWith(turns, { capacityBytes: 6 });
    rightOf(append(disk, 'a'));
    expect(leftOf(append(disk, 'b')).message).toMatch(/disk full/);
    expect(contents(disk.files())).toEqual({ a: [1, 2, 3, 4], b: [1, 2] });
  });

  test('flips the bit it is told to', () => {
    const disk = diskWith(turns, { files: new Map([['a', BYTES]]) });
    disk.flipBit('a', 2, 7);
    expect(contents(disk.files())).toEqual({ a: [1, 2, 0x83, 4] });
    expect([...BYTES]).toEqual([1, 2, 3, 4]);
  });
});
