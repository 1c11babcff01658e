import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { ask } from '@zhtp/store/compliance';
import { makeFolders, openFileDisk, type FileDisk } from '@zhtp/store/node';
import type { StorageError } from '@zhtp/types';
import { leftOf } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'zhtp-folders-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, String(folders++));
const make = promisify(makeFolders);

const modeOf = (folder: string): number => statSync(folder).mode & 0o777;

test('folders are made with all that are missing above them, each with the given mode, and named topmost first', async () => {
  const top = freshFolder();
  const made = [top, join(top, 'b'), join(top, 'b', 'c')];
  await expect(make(join(top, 'b', 'c'), 0o700)).resolves.toEqual(made);
  expect(made.map(modeOf)).toEqual([0o700, 0o700, 0o700]);
});

test('a folder that is there is left as it is, and none is named', async () => {
  const top = freshFolder();
  await make(top, 0o750);
  await expect(make(join(top, 'b'), 0o700)).resolves.toEqual([join(top, 'b')]);
  await expect(make(top, 0o700)).resolves.toEqual([]);
  await expect(make(dirname(root), 0o700)).resolves.toEqual([]);
  expect(modeOf(top)).toBe(0o750);
});

test('several that make the same folders at once all have them', async () => {
  const deep = join(freshFolder(), 'b', 'c');
  const made = await Promise.all([make(deep, 0o700), make(deep, 0o700), make(deep, 0o700)]);
  expect(made.flat().toSorted()).toEqual([dirname(dirname(deep)), dirname(deep), deep]);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('a file in the way, above or at the place itself, is an error', async () => {
  const file = freshFolder();
  writeFileSync(file, '');
  await expect(make(join(file, 'a'), 0o700)).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(make(file, 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
});

test('a link to a folder will do, a link to nowhere is an error', async () => {
  const [there, nowhere] = [freshFolder(), freshFolder()];
  symlinkSync(root, there);
  symlinkSync(join(root, 'gone'), nowhere);
  await expect(make(there, 0o700)).resolves.toEqual([]);
  await expect(make(nowhere, 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(make(join(nowhere, 'a'), 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
});

test.runIf(existsSync('/proc/self'))('where the system makes no folders, the answer comes all the same', async () => {
  const error = leftOf(await ask<StorageError, FileDisk>((done) => openFileDisk('/proc/no-such-folder/a', done)));
  expect(error.message).toMatch(/^creating folder \/proc\/no-such-folder\/a failed: ENOENT/);
});
