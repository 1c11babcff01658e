import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { option as O } from 'fp-ts';
import { afterAll, describe, expect, test } from 'vitest';
import { openJournal, type JournalOpenError, type OpenedJournal } from '@zhtp/store';
import { ask, succeed } from '@zhtp/store/compliance';
import { nodeFileSystem, openFileDisk, type FileDisk, type FileSystem } from '@zhtp/store/node';
import type { StorageError } from '@zhtp/types';
import { runAndKill } from './child.ts';
import { leftOf, rightOf } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'zhtp-file-disk-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, String(folders++));
const open = (folder: string, fs?: FileSystem): Promise<FileDisk> => succeed((done) => openFileDisk(folder, done, fs));
const BYTES = Uint8Array.of(1, 2, 3);

const errno = (code: string): NodeJS.ErrnoException => Object.assign(new Error(`${code}: made up`), { code });

type WriteDone = (cause: NodeJS.ErrnoException | null, written: number) => void;

/** A file system whose writes do what `write` says; the rest is real. */
const withWrite = (
  write: (fd: number, bytes: Uint8Array, from: number, length: number, done: WriteDone) => void,
): FileSystem =>
  Object.assign(
    { ...nodeFileSystem },
    {
      write: (fd: number, bytes: Uint8Array, from: number, length: number, _position: null, done: WriteDone) =>
        write(fd, bytes, from, length, done),
    },
  );

/** A file system that counts its flushes and fails those that `failing` names. */
const withFlushes = (counted: string[], failing: (call: string) => boolean): FileSystem => {
  const flush = (name: 'fsync' | 'fdatasync') => (fd: number, done: (cause: NodeJS.ErrnoException | null) => void) => {
    counted.push(name);
    if (failing(name)) setImmediate(() => done(errno('EIO')));
    else nodeFileSystem[name](fd, done);
  };
  return Object.assign({ ...nodeFileSystem }, { fsync: flush('fsync'), fdatasync: flush('fdatasync') });
};

describe('a file disk', () => {
  test('keeps its files from other users', async () => {
    const folder = freshFolder();
    const disk = await open(folder);
    await succeed<StorageError, void>((done) => disk.replace('a', BYTES, done));
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'a')).mode & 0o077).toBe(0);
  });

  test('flushes contents and, for a name new to it, the folder', async () => {
    const calls: string[] = [];
    const disk = await open(
      freshFolder(),
      withFlushes(calls, () => false),
    );
    calls.length = 0;
    for (const _ of [1, 2]) {
      await succeed<StorageError, void>((done) => disk.append('a', BYTES, done));
      await succeed<StorageError, void>((done) => disk.sync('a', done));
    }
    expect(calls).toEqual(['fdatasync', 'fsync', 'fdatasync']);
    calls.length = 0;
    await succeed<StorageError, void>((done) => disk.replace('a', BYTES, done));
    expect(calls).toEqual(['fsync', 'fsync']);
  });

  test('writes on when the system takes only part at once', async () => {
    const folder = freshFolder();
    const disk = await open(
      folder,
      withWrite((fd, bytes, from, _length, done) => nodeFileSystem.write(fd, bytes, from, 1, null, done)),
    );
    await succeed<StorageError, void>((done) => disk.append('a', BYTES, done));
    expect([...readFileSync(join(folder, 'a'))]).toEqual([...BYTES]);
  });

  test('on a full disk says which and what to do, and takes nothing more for that file', async () => {
    const folder = freshFolder();
    let full = true;
    const disk = await open(
      folder,
      withWrite((fd, bytes, from, length, done) =>
        full ? setImmediate(() => done(errno('ENOSPC'), 0)) : nodeFileSystem.write(fd, bytes, from, length, null, done),
      ),
    );
    const error = leftOf(await ask<StorageError, void>((done) => disk.append('a', BYTES, done)));
    expect(error.message).toBe(
      `disk full: writing ${join(folder, 'a')}: free space on the disk of ${join(folder, 'a')} and start again; nothing was lost.`,
    );
    full = false;
    expect(leftOf(await ask<StorageError, void>((done) => disk.append('a', BYTES, done)))).toEqual(error);
    await succeed<StorageError, void>((done) => disk.append('b', BYTES, done));
    expect([...readFileSync(join(folder, 'b'))]).toEqual([...BYTES]);
  });

  test('after a failed flush never reports a good one for that file', async () => {
    let failing = true;
    const disk = await open(
      freshFolder(),
      withFlushes([], (call) => failing && call === 'fdatasync'),
    );
    await succeed<StorageError, void>((done) => disk.append('a', BYTES, done));
    expect(leftOf(await ask<StorageError, void>((done) => disk.sync('a', done))).message).toMatch(
      /the disk failed \(EIO\)/,
    );
    failing = false;
    expect(leftOf(await ask<StorageError, void>((done) => disk.sync('a', done))).message).toMatch(
      /the disk failed \(EIO\)/,
    );
  });

  test('a replacement that fails leaves the old contents, and its remains are cleared at the next start', async () => {
    const folder = freshFolder();
    const first = await open(folder);
    await succeed<StorageError, void>((done) => first.replace('a', BYTES, done));
    const full = await open(
      folder,
      withWrite((fd, bytes, from, _length, done) =>
        nodeFileSystem.write(fd, bytes, from, 1, null, () => done(errno('ENOSPC'), 0)),
      ),
    );
    leftOf(await ask<StorageError, void>((done) => full.replace('a', Uint8Array.of(9, 9), done)));
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'a.tmp']);
    const again = await open(folder);
    expect(readdirSync(folder)).toEqual(['a']);
    expect(await succeed<StorageError, O.Option<Uint8Array>>((done) => again.read('a', done))).toEqual(O.some(BYTES));
  });

  test('in a place that is no folder is an error that names it', async () => {
    mkdirSync(root, { recursive: true });
    const path = join(root, 'a-file');
    writeFileSync(path, '');
    expect(
      leftOf(await ask<StorageError, FileDisk>((done) => openFileDisk(join(path, 'below'), done))).message,
    ).toContain(path);
  });
});

describe('a journal on real files', () => {
  test('has every record a killed process was told is durable, over several kills', async () => {
    const folder = freshFolder();
    for (let kill = 0; kill < 3; kill++) {
      const printed = await runAndKill(new URL('./children/write-journal.ts', import.meta.url), folder, 15 + kill);
      const promised = Number(printed.at(-1));
      const disk = await open(folder);
      const opened = rightOf(await ask<JournalOpenError, OpenedJournal>((done) => openJournal(disk, done)));
      const last = Number(opened.lastSequence);
      expect(last).toBeGreaterThanOrEqual(promised);
      const numbers = opened.records.map((record) => new DataView(record.buffer, record.byteOffset).getUint32(0));
      expect(numbers).toEqual(numbers.map((_, i) => last - numbers.length + 1 + i));
      await succeed<StorageError, void>((done) => disk.close(done));
    }
  });
});
