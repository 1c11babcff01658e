import { option as O } from 'fp-ts';
import type { Disk, StorageError } from '@zhtp/types';
import { ask, assert, assertEqual, fail, succeed, type ComplianceCase } from './case.ts';

/** A fresh, empty disk, and the same one as a new process finds it. */
export interface DiskSubject {
  readonly disk: Disk;
  readonly restart: () => Promise<Disk>;
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

const read = async (disk: Disk, name: string): Promise<Uint8Array | null> =>
  O.toNullable(await succeed<StorageError, O.Option<Uint8Array>>((done) => disk.read(name, done)));

const append = (disk: Disk, name: string, value: Uint8Array) =>
  succeed<StorageError, void>((done) => disk.append(name, value, done));
const sync = (disk: Disk, name: string) => succeed<StorageError, void>((done) => disk.sync(name, done));
const replace = (disk: Disk, name: string, value: Uint8Array) =>
  succeed<StorageError, void>((done) => disk.replace(name, value, done));
const truncate = (disk: Disk, name: string, length: number) =>
  succeed<StorageError, void>((done) => disk.truncate(name, length, done));
const remove = (disk: Disk, name: string) => succeed<StorageError, void>((done) => disk.remove(name, done));
const list = (disk: Disk) => succeed<StorageError, readonly string[]>((done) => disk.list(done));

/** What the journal and the signer rely on. */
export const diskCompliance: readonly ComplianceCase<DiskSubject>[] = [
  {
    title: 'an empty disk lists nothing and reads none',
    run: async ({ disk }) => {
      assertEqual(await list(disk), [], 'list');
      assertEqual(await read(disk, 'absent'), null, 'read');
    },
  },
  {
    title: 'append creates a file and adds at its end',
    run: async ({ disk }) => {
      await append(disk, 'a', bytes(1, 2));
      await append(disk, 'a', bytes(3));
      assertEqual(await read(disk, 'a'), bytes(1, 2, 3), 'contents');
    },
  },
  {
    title: 'calls on one name take effect in the order made, without waiting for answers',
    run: async ({ disk }) => {
      const calls = [
        ask<StorageError, void>((done) => disk.append('a', bytes(1), done)),
        ask<StorageError, void>((done) => disk.append('a', bytes(2, 3), done)),
        ask<StorageError, void>((done) => disk.truncate('a', 2, done)),
        ask<StorageError, void>((done) => disk.append('a', bytes(4), done)),
        ask<StorageError, void>((done) => disk.sync('a', done)),
      ];
      const found = ask<StorageError, O.Option<Uint8Array>>((done) => disk.read('a', done));
      const results = await Promise.all(calls);
      assertEqual(
        results.map((result) => result._tag),
        calls.map(() => 'Right'),
        'answers',
      );
      assertEqual(await found, { _tag: 'Right', right: O.some(bytes(1, 2, 4)) }, 'contents');
    },
  },
  {
    title: 'what was synced is there after a restart',
    run: async ({ disk, restart }) => {
      await append(disk, 'a', bytes(1, 2));
      await sync(disk, 'a');
      assertEqual(await read(await restart(), 'a'), bytes(1, 2), 'contents');
    },
  },
  {
    title: 'what was replaced, cut or removed stays so after a restart, without a sync',
    run: async ({ disk, restart }) => {
      for (const name of ['replaced', 'cut', 'removed']) await replace(disk, name, bytes(1, 2, 3));
      await replace(disk, 'replaced', bytes(9));
      await truncate(disk, 'cut', 1);
      await remove(disk, 'removed');
      const restarted = await restart();
      assertEqual(await list(restarted), ['cut', 'replaced'], 'list');
      assertEqual(await read(restarted, 'replaced'), bytes(9), 'replaced');
      assertEqual(await read(restarted, 'cut'), bytes(1), 'cut');
    },
  },
  {
    title: 'appending goes on behind what replace put and truncate left',
    run: async ({ disk }) => {
      await append(disk, 'a', bytes(7, 7, 7));
      await replace(disk, 'a', bytes(1, 2));
      await append(disk, 'a', bytes(3));
      assertEqual(await read(disk, 'a'), bytes(1, 2, 3), 'after replace');
      await truncate(disk, 'a', 1);
      await append(disk, 'a', bytes(5));
      assertEqual(await read(disk, 'a'), bytes(1, 5), 'after truncate');
    },
  },
  {
    title: 'a removed file starts anew; removing an absent one is harmless',
    run: async ({ disk }) => {
      await append(disk, 'a', bytes(1));
      await remove(disk, 'a');
      assertEqual(await read(disk, 'a'), null, 'after remove');
      await remove(disk, 'a');
      await append(disk, 'a', bytes(2));
      assertEqual(await read(disk, 'a'), bytes(2), 'begun anew');
    },
  },
  {
    title: 'syncing or cutting an absent file is an error and creates nothing',
    run: async ({ disk }) => {
      await fail<StorageError, void>((done) => disk.sync('absent', done));
      await fail<StorageError, void>((done) => disk.truncate('gone', 0, done));
      assertEqual(await list(disk), [], 'list');
    },
  },
  {
    title: 'a file may be empty',
    run: async ({ disk, restart }) => {
      await replace(disk, 'a', bytes());
      assertEqual(await read(await restart(), 'a'), bytes(), 'contents');
    },
  },
  {
    title: 'names that leave the folder are refused before anything happens',
    run: async ({ disk }) => {
      for (const name of ['', '.', '..', '../a', 'a/b', 'a\\b', '.hidden', 'a.tmp', 'a\0b']) {
        const refused = await ask<StorageError, void>((done) => disk.append(name, bytes(1), done)).then(
          () => false,
          () => true,
        );
        assert(refused, `the name ${JSON.stringify(name)} was taken`);
      }
      assertEqual(await list(disk), [], 'list');
    },
  },
];
