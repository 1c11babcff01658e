import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobReader, commitStorage, fileReader, proveStorage } from '@zhtp/proofs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { HEIGHT, memoryReader, PREV_HASH, right, SALT, sampleBytes, VALIDATOR } from './support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proofs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('fileReader', () => {
  test('a real file commits and proves as the same bytes in memory', async () => {
    const bytes = sampleBytes(1_000_000);
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    const file = await open(path);
    try {
      const reader = fileReader(file, (await file.stat()).size);
      const owner = { validator: VALIDATOR, salt: SALT };
      const tree = right(await commitStorage(owner, reader)());
      expect(tree).toEqual(right(await commitStorage(owner, memoryReader(bytes))()));
      const moment = { prevHash: PREV_HASH, height: HEIGHT };
      const results = right(await proveStorage(tree, reader, moment)());
      expect(results).toEqual(right(await proveStorage(tree, memoryReader(bytes), moment)()));
    } finally {
      await file.close();
    }
  });

  test('short reads are continued', async () => {
    const bytes = sampleBytes(1_000);
    const slow = {
      read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
        const bytesRead = Math.min(7, length, bytes.length - position);
        buffer.set(bytes.subarray(position, position + bytesRead), offset);
        return { bytesRead };
      },
    };
    const into = new Uint8Array(500);
    right(await fileReader(slow, 1_000).read(300, into)());
    expect(into).toEqual(bytes.slice(300, 800));
  });

  test('an early end and a failing disk are StorageErrors', async () => {
    const empty = { read: async () => ({ bytesRead: 0 }) };
    expectRefused(await fileReader(empty, 10).read(4, new Uint8Array(2))(), 'StorageError', /ends at byte 4/);
    const broken = { read: () => Promise.reject(new Error('EIO')) };
    expectRefused(await fileReader(broken, 10).read(4, new Uint8Array(2))(), 'StorageError', /byte 4 failed: EIO/);
  });
});

test('blobReader reads any range, and says where a blob ends', async () => {
  const bytes = sampleBytes(100);
  const reader = blobReader(new Blob([bytes]));
  const into = new Uint8Array(30);
  right(await reader.read(70, into)());
  expect([reader.size, into]).toEqual([100, bytes.slice(70)]);
  expectRefused(await reader.read(71, into)(), 'StorageError', /ends at byte 100/);
});
