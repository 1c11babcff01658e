import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ask, succeed } from '@zhtp/store/compliance';
import { acquireLock, type Lock, type LockedError } from '@zhtp/store/node';
import type { StorageError } from '@zhtp/types';
import { runAndKill } from './child.ts';
import { leftOf } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'zhtp-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, String(folders++));
const lock = (folder: string) => ask<LockedError | StorageError, Lock>((done) => acquireLock(folder, done));
const release = (held: Lock) => succeed<StorageError, void>((done) => held.release(done));
const acquired = (folder: string) => succeed<LockedError | StorageError, Lock>((done) => acquireLock(folder, done));

describe('the lock of a folder', () => {
  test('is refused to a second process in one line that names the holder, and is free once that is killed', async () => {
    const folder = freshFolder();
    let message = '';
    const printed = await runAndKill(new URL('./children/hold-lock.ts', import.meta.url), folder, 1, async () => {
      const refused = leftOf(await lock(folder));
      expect(refused._tag).toBe('Locked');
      message = refused.message;
    });
    expect(message).toBe(
      `${folder} is in use by process ${printed[0] ?? ''} (lock file ${join(folder, 'lock', 'LOCK')}): stop that process first, or use another folder.`,
    );
    await release(await acquired(folder));
  });

  test('is refused to a second holder in the same process, and can be taken again after release', async () => {
    const folder = freshFolder();
    const first = await acquired(folder);
    expect(leftOf(await lock(folder)).message).toContain(`process ${String(process.pid)}`);
    await release(first);
    await release(await acquired(folder));
    expect(leftOf(await lock(join('/dev/null', 'home')))._tag).toBe('StorageError');
  });

  test('survives what a crash may leave of its files', async () => {
    const folder = freshFolder();
    await release(await acquired(folder));
    writeFileSync(join(folder, 'lock', 'CURRENT'), 'MANIFEST-999999\n');
    await release(await acquired(folder));
    writeFileSync(join(folder, 'lock', 'CURRENT'), '');
    const again = await acquired(folder);
    expect((await lock(folder))._tag).toBe('Left');
    await release(again);
  });
});
