import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolders } from '../src/folders.ts';
import { cleanUp, newFolder } from './support/cli.ts';

afterAll(cleanUp);

const modeOf = async (folder: string): Promise<number> => (await stat(folder)).mode & 0o777;

test('folders are made with all that are missing above them, each with the given mode', async () => {
  const root = await newFolder();
  await makeFolders(join(root, 'a', 'b', 'c'), 0o700);
  for (const made of ['a', 'a/b', 'a/b/c']) expect(await modeOf(join(root, made))).toBe(0o700);
});

test('a folder that is there is left as it is', async () => {
  const root = await newFolder();
  await makeFolders(join(root, 'a'), 0o750);
  await makeFolders(join(root, 'a', 'b'), 0o700);
  expect(await modeOf(join(root, 'a'))).toBe(0o750);
  await expect(makeFolders(join(root, 'a', 'b'), 0o755)).resolves.toBeUndefined();
  expect(await modeOf(join(root, 'a', 'b'))).toBe(0o700);
});

test('two that make the same folders at once both have them', async () => {
  const deep = join(await newFolder(), 'a', 'b', 'c');
  await Promise.all([makeFolders(deep), makeFolders(deep), makeFolders(deep)]);
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test('a file in the way is an error', async () => {
  const root = await newFolder();
  await writeFile(join(root, 'file'), '');
  await expect(makeFolders(join(root, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.runIf(existsSync('/proc/self'))('where the system makes no folders, the answer comes all the same', async () => {
  await expect(makeFolders('/proc/no-such-folder/a')).rejects.toMatchObject({ code: 'ENOENT' });
});
