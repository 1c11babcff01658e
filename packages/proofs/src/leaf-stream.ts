import { sha256 } from '@zhtp/crypto';
import { floorDivCount, STORAGE_BLOCK_BYTES, type StorageError } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { BlockReader } from './block-reader.ts';
import { blockLength, LEAF_PREFIX_BYTES, leafPrefix, type StorageOwner } from './storage-leaf.ts';

/** A leaf on its way past: `block` is valid only until `take` returns. */
export type TakeLeaf = (leafHash: Uint8Array, index: number, block: Uint8Array) => void;

/** One read of the file: whole blocks, 256 KiB of them, with room in front for the first one's prefix. */
interface Chunk {
  readonly buffer: Uint8Array;
  first: number;
  blocks: number;
}

const emptyChunk = (): Chunk => ({
  buffer: new Uint8Array(LEAF_PREFIX_BYTES + STORAGE_BLOCK_BYTES),
  first: 0,
  blocks: 0,
});

/**
 * Streams the leaves `from` … `to` − 1 past `take`. Two buffers of 256 KiB whatever the file's size: the next chunk is read
 * while this one is hashed. A block's prefix overwrites the end of the block before it, which is hashed by then, so that
 * nothing is copied.
 */
export const streamLeaves = async (
  owner: StorageOwner,
  reader: BlockReader,
  range: { readonly from: number; readonly to: number },
  take: TakeLeaf,
): Promise<Either<StorageError, void>> => {
  const { blockBytes } = owner;
  const { size } = reader;
  const blocksPerChunk = floorDivCount(STORAGE_BLOCK_BYTES, blockBytes);
  const prefixOf = leafPrefix(owner);

  const fill = (chunk: Chunk, first: number): Promise<Either<StorageError, void>> => {
    chunk.first = first;
    chunk.blocks = Math.min(blocksPerChunk, range.to - first);
    const end = Math.min((first + chunk.blocks) * blockBytes, size);
    const length = end - first * blockBytes;
    return reader.read(first * blockBytes, chunk.buffer.subarray(LEAF_PREFIX_BYTES, LEAF_PREFIX_BYTES + length))();
  };

  const hashAll = ({ buffer, first, blocks }: Chunk): void => {
    for (let k = 0; k < blocks; k += 1) {
      const index = first + k;
      const at = k * blockBytes;
      const end = at + LEAF_PREFIX_BYTES + blockLength(size, blockBytes, index);
      buffer.set(prefixOf(index), at);
      take(sha256(buffer.subarray(at, end)), index, buffer.subarray(at + LEAF_PREFIX_BYTES, end));
    }
  };

  let [current, next] = [emptyChunk(), emptyChunk()];
  let reading = range.from < range.to ? fill(current, range.from) : undefined;
  while (reading !== undefined) {
    const read = await reading;
    if (E.isLeft(read)) return read;
    const following = current.first + current.blocks;
    reading = following < range.to ? fill(next, following) : undefined;
    hashAll(current);
    [current, next] = [next, current];
  }
  return E.right(undefined);
};
