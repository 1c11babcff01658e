import { isCount, isObject, causeText, found, storageError, type StorageError } from '@zhtp/types';
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

const endsAt = (offset: number): StorageError =>
  storageError(
    `the file ends at byte ${String(offset)}: it is shorter than what was committed; restore it or commit anew`,
  );

const notPlace = (offset: number, into: Uint8Array): StorageError | undefined => {
  if (!isCount(offset)) return storageError(`offset must be a whole number from 0 to 2^53 - 1, got ${found(offset)}`);
  return into instanceof Uint8Array ? undefined : storageError(`into must be a Uint8Array, got ${found(into)}`);
};

const guarded =
  (offset: number, into: Uint8Array, read: () => Promise<StorageError | undefined>): TaskEither<StorageError, void> =>
  async () => {
    const misplaced = notPlace(offset, into);
    if (misplaced !== undefined) return E.left(misplaced);
    try {
      const wrong = await read();
      return wrong === undefined ? E.right(undefined) : E.left(wrong);
    } catch (cause) {
      return E.left(storageError(`reading at byte ${String(offset)} failed: ${causeText(cause)}; check file and disk`));
    }
  };

/**
 * Reads an open file, whose closing stays the caller's. Short reads are continued; an early end is a StorageError, and so is
 * a file or a place that is none. A size that is none is refused where it is used.
 */
export const fileReader = (file: ReadableFile, size: number): BlockReader => ({
  size,
  read: (offset, into) =>
    guarded(offset, into, async () => {
      for (let at = 0; at < into.length;) {
        const { bytesRead } = await file.read(into, at, into.length - at, offset + at);
        if (bytesRead === 0) return endsAt(offset + at);
        if (!isCount(bytesRead) || bytesRead > into.length - at)
          return storageError(
            `the file read ${found(bytesRead)} bytes at byte ${String(offset + at)}; check its read()`,
          );
        at += bytesRead;
      }
      return undefined;
    }),
});

/** Reads a blob, in memory or behind it a file: the form a browser has. What is no blob has no bytes, which nobody can attest. */
export const blobReader = (blob: SliceableBlob): BlockReader => ({
  size: isObject(blob) && isCount(blob.size) ? blob.size : 0,
  read: (offset, into) =>
    guarded(offset, into, async () => {
      const slice = new Uint8Array(await blob.slice(offset, offset + into.length).arrayBuffer());
      if (slice.length !== into.length) return endsAt(offset + slice.length);
      into.set(slice);
      return undefined;
    }),
});
