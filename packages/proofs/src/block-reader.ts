import { storageError, type StorageError } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Bytes that can be read at any place, as many as are attested. They must not change between commitment and proof. */
export interface BlockReader {
  /** Bytes, 1 to 2⁵³ − 1. */
  readonly size: number;
  /** Fills all of `into` with the bytes from `offset` on. The caller stays within `size`. */
  readonly read: (offset: number, into: Uint8Array) => TaskEither<StorageError, void>;
}

/** What is asked of an open file: `FileHandle` of Node.js `fs/promises` has it. */
export interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** What is asked of a `Blob`, or of a `File` that a page was given. */
export interface SliceableBlob {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const endsAt = (offset: number): StorageError =>
  storageError(
    `the file ends at byte ${String(offset)}: it is shorter than what was committed; restore it or commit anew`,
  );

const guarded =
  (offset: number, read: () => Promise<StorageError | undefined>): TaskEither<StorageError, void> =>
  async () => {
    try {
      const wrong = await read();
      return wrong === undefined ? E.right(undefined) : E.left(wrong);
    } catch (cause) {
      return E.left(storageError(`reading at byte ${String(offset)} failed: ${textOf(cause)}; check file and disk`));
    }
  };

/** Reads an open file, whose closing stays the caller's. Short reads are continued; an early end is an error. */
export const fileReader = (file: ReadableFile, size: number): BlockReader => ({
  size,
  read: (offset, into) =>
    guarded(offset, async () => {
      for (let at = 0; at < into.length;) {
        const { bytesRead } = await file.read(into, at, into.length - at, offset + at);
        if (bytesRead === 0) return endsAt(offset + at);
        at += bytesRead;
      }
      return undefined;
    }),
});

/** Reads a blob, in memory or behind it a file: the form a browser has. */
export const blobReader = (blob: SliceableBlob): BlockReader => ({
  size: blob.size,
  read: (offset, into) =>
    guarded(offset, async () => {
      const slice = new Uint8Array(await blob.slice(offset, offset + into.length).arrayBuffer());
      if (slice.length !== into.length) return endsAt(offset + slice.length);
      into.set(slice);
      return undefined;
    }),
});
