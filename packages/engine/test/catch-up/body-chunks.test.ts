import { BLOCK_BYTES_MAX, BODY_CHUNK_BYTES } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { chunkAt, chunkCount, createBodyDownload } from '../../src/catch-up/body-chunks.ts';

const CHUNKS_MAX = BLOCK_BYTES_MAX / BODY_CHUNK_BYTES;

const add = (chunk: number, chunks: number, length: number): string =>
  createBodyDownload().add({ chunk, chunks, bytes: new Uint8Array(length) });

describe('a piece of a body', () => {
  test.each([
    [0, 'Wrong'],
    [1, 'Added'],
    [BODY_CHUNK_BYTES - 1, 'Added'],
    [BODY_CHUNK_BYTES, 'Added'],
    [BODY_CHUNK_BYTES + 1, 'Wrong'],
  ])('that is the last and has %i bytes is %s', (length, outcome) => {
    expect(add(2, 3, length)).toBe(outcome);
  });

  test.each([
    [BODY_CHUNK_BYTES - 1, 'Wrong'],
    [BODY_CHUNK_BYTES, 'Added'],
    [BODY_CHUNK_BYTES + 1, 'Wrong'],
  ])('that is not the last and has %i bytes is %s', (length, outcome) => {
    expect(add(1, 3, length)).toBe(outcome);
  });

  test.each([
    [CHUNKS_MAX - 1, 'Added'],
    [CHUNKS_MAX, 'Added'],
    [CHUNKS_MAX + 1, 'Wrong'],
  ])('of %i is %s', (chunks, outcome) => {
    expect(add(0, chunks, BODY_CHUNK_BYTES)).toBe(outcome);
  });

  test('behind the last one, or of another count than the first, is wrong', () => {
    expect(add(3, 3, BODY_CHUNK_BYTES)).toBe('Wrong');
    const download = createBodyDownload();
    const bytes = new Uint8Array(BODY_CHUNK_BYTES);
    expect([3, 4, 3].map((chunks) => download.add({ chunk: 0, chunks, bytes }))).toEqual(['Added', 'Wrong', 'Known']);
  });
});

test.each([1, BODY_CHUNK_BYTES - 1, BODY_CHUNK_BYTES, BODY_CHUNK_BYTES + 1, 2 * BODY_CHUNK_BYTES])(
  'a body of %i bytes comes back from its pieces in any order',
  (length) => {
    const body = Uint8Array.from({ length }, (_, i) => i & 255);
    const chunks = chunkCount(body);
    expect(chunkAt(body, chunks)).toBeUndefined();
    const download = createBodyDownload();
    for (let chunk = chunks - 1; chunk >= 0; chunk--) {
      expect(download.bytes()).toBeUndefined();
      expect(download.add({ chunk, chunks, bytes: chunkAt(body, chunk) ?? new Uint8Array(0) })).toBe('Added');
    }
    expect(download.bytes()).toEqual(body);
  },
);
