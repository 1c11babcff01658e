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

  test('shows of a file in the memory of a removed one its own bytes alone, however it grows and crashes', () => {
    const appendTo = (disk: MemoryDisk, name: string, bytes: Uint8Array) =>
      rightOf(settle<StorageError, void>(turns, (done) => disk.append(name, bytes, done)));
    const remove = (disk: MemoryDisk, name: string) =>
      rightOf(settle<StorageError, void>(turns, (done) => disk.remove(name, done)));
    for (const [keep, left] of [
      [keepNothing, [1, 2, 3, 4]],
      [() => 2, [1, 2, 3, 4, 9, 9]],
      [keepEverything, [1, 2, 3, 4, 9, 9, 9]],
    ] as const) {
      const disk = diskWith(turns);
      appendTo(disk, 'old', new Uint8Array(64).fill(7));
      rightOf(append(disk, 'new'));
      rightOf(sync(disk, 'new'));
      remove(disk, 'old');
      appendTo(disk, 'new', Uint8Array.of(9, 9, 9));
      rightOf(append(disk, 'third'));
      expect(contents(disk.files())).toEqual({ new: [1, 2, 3, 4, 9, 9, 9], third: [1, 2, 3, 4] });
      remove(disk, 'third');
      expect(contents(disk.crash(keep))).toEqual({ new: left });
    }
  });

  test('flips the bit it is told to', () => {
    const disk = diskWith(turns, { files: new Map([['a', BYTES]]) });
    disk.flipBit('a', 2, 7);
    expect(contents(disk.files())).toEqual({ a: [1, 2, 0x83, 4] });
    expect([...BYTES]).toEqual([1, 2, 3, 4]);
  });
});
