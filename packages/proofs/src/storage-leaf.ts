import { sha256 } from '@zhtp/crypto';
import {
  ceilDivCount,
  floorDivCount,
  found,
  hashToBytes,
  proofVerificationFailed,
  STORAGE_BLOCK_BYTES,
  STORAGE_PATH_MAX,
  type ConsensusError,
  type Hash,
} from '@zhtp/types';
import { notHash } from './well-formed.ts';

/** What a tree of attested bytes is made for: root and salt go on chain before the first challenge. */
export interface StorageOwner {
  readonly validator: Hash;
  /** Drawn by the validator, so that equal files of two validators have different trees. */
  readonly salt: Hash;
  /** Bytes of one leaf: a power of two from 1024 to 262 144. On chain with root and salt. */
  readonly blockBytes: number;
}

export const STORAGE_BLOCK_BYTES_MIN = 1_024;

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

/** Why blocks cannot have this length. */
export const wrongBlockBytes = (blockBytes: number): ConsensusError | undefined =>
  Number.isInteger(blockBytes) &&
  blockBytes >= STORAGE_BLOCK_BYTES_MIN &&
  blockBytes <= STORAGE_BLOCK_BYTES &&
  isPowerOfTwo(blockBytes)
    ? undefined
    : proofVerificationFailed(
        `blockBytes must be a power of two from ${String(STORAGE_BLOCK_BYTES_MIN)} to ${String(STORAGE_BLOCK_BYTES)}, got ${found(blockBytes)}`,
      );

/** Why so many bytes make no tree. */
export const wrongSize = (size: number, blockBytes: number): ConsensusError | undefined =>
  Number.isSafeInteger(size) && size >= 1 && ceilDivCount(size, blockBytes) <= 2 ** STORAGE_PATH_MAX
    ? undefined
    : proofVerificationFailed(
        `size must be a whole number of bytes, at least 1 and at most 2^${String(STORAGE_PATH_MAX)} blocks, got ${found(size)}`,
      );

export const wrongOwner = ({ validator, salt, blockBytes }: StorageOwner): ConsensusError | undefined =>
  notHash('validator', validator) ?? notHash('salt', salt) ?? wrongBlockBytes(blockBytes);

/** Leaves of a tree over `size` bytes; the last one may be shorter. */
export const leavesOf = (size: number, blockBytes: number): number => ceilDivCount(size, blockBytes);

/** Length of the block at an index below {@link leavesOf}. */
export const blockLength = (size: number, blockBytes: number, index: number): number =>
  Math.min(blockBytes, size - index * blockBytes);

/** 0x00, validator, salt, u64 index. */
export const LEAF_PREFIX_BYTES = 1 + 32 + 32 + 8;

/** Writes what stands before a block in its leaf; blocks of one owner differ in the index alone. */
export const leafPrefix = (owner: StorageOwner): ((index: number) => Uint8Array) => {
  const prefix = new Uint8Array(LEAF_PREFIX_BYTES);
  prefix.set(hashToBytes(owner.validator), 1);
  prefix.set(hashToBytes(owner.salt), 33);
  const view = new DataView(prefix.buffer);
  return (index) => {
    view.setBigUint64(65, BigInt(index));
    return prefix;
  };
};

/** H(0x00 ‖ validator ‖ salt ‖ u64 index ‖ block) (economics.md, Proofs). */
export const storageLeafHash = (owner: StorageOwner, index: number, block: Uint8Array): Uint8Array => {
  const leaf = new Uint8Array(LEAF_PREFIX_BYTES + block.length);
  leaf.set(leafPrefix(owner)(index));
  leaf.set(block, LEAF_PREFIX_BYTES);
  return sha256(leaf);
};

/** H(0x01 ‖ l ‖ r), as RFC 6962 §2.1. */
export const storageNodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const node = new Uint8Array(65);
  node[0] = 1;
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
};

/** The index of the subtree of 2^level leaves that a leaf lies in. */
export const subtreeOf = (leaf: number, level: number): number => floorDivCount(leaf, 2 ** level);
