import { bytesToHex, floorDivCount, hash, hashToBytes, type Hash } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { joinToHash } from './bytes.ts';
import { digestHash, sha256, sha256Hash, sha256Into } from './sha256.ts';

const LEAF_PREFIX = Uint8Array.of(0);

/** How a leaf becomes the 32 bytes at the foot of the tree. */
export type LeafHash = (leaf: Uint8Array) => Uint8Array;

/** SHA-256(0x00 ‖ leaf), RFC 6962 §2.1: the default. The prefix keeps a leaf from posing as a node. */
export const merkleLeafHash: LeafHash = (leaf) => sha256(joinToHash([LEAF_PREFIX, leaf]));

/**
 * For leaves that are already {@link merkleLeafHash} values, or hashes under a tag of their own. Never pass it unhashed
 * 32-byte values: an inner node could then be presented as a leaf.
 */
export const precomputedLeaf: LeafHash = (leaf) => {
  if (leaf.length !== 32) throw new Error(`a precomputed leaf hash has 32 bytes, got ${String(leaf.length)}`);
  return leaf;
};

const HASH_BYTES = 32;

/** 0x01 and the two children of the node being hashed. */
const node = Uint8Array.of(1, ...new Uint8Array(2 * HASH_BYTES));

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
};

/** The hashes of a level, one after the other. */
interface Level {
  readonly hashes: Uint8Array;
  readonly count: number;
}

const hashAt = ({ hashes }: Level, index: number): Hash =>
  digestHash(bytesToHex(hashes.subarray(HASH_BYTES * index, HASH_BYTES * (index + 1))));

/** In the memory of the level below: neighbours joined, an odd last one carried over, which gives the tree of RFC 6962. */
const levelAbove = ({ hashes, count }: Level): Level => {
  const pairs = count >> 1;
  for (let i = 0; i < pairs; i++) {
    const from = 2 * HASH_BYTES * i;
    for (let k = 0; k < 2 * HASH_BYTES; k++) node[1 + k] = hashes[from + k] ?? 0;
    sha256Into(node, hashes, HASH_BYTES * i);
  }
  if (count % 2 === 1) hashes.copyWithin(HASH_BYTES * pairs, HASH_BYTES * (count - 1), HASH_BYTES * count);
  return { hashes, count: pairs + (count % 2) };
};

const EMPTY_ROOT = /* @__PURE__ */ sha256Hash(new Uint8Array(0));

const rootOf = (leaves: Level): Hash => {
  if (leaves.count === 0) return EMPTY_ROOT;
  let level = leaves;
  while (level.count > 1) level = levelAbove(level);
  return hashAt(level, 0);
};

const footOf = (leaves: readonly Uint8Array[], leafHash: LeafHash): Level => {
  const hashes = new Uint8Array(HASH_BYTES * leaves.length);
  for (const [i, leaf] of leaves.entries())
    if (leafHash === merkleLeafHash) sha256Into(joinToHash([LEAF_PREFIX, leaf]), hashes, HASH_BYTES * i);
    else hashes.set(leafHash(leaf), HASH_BYTES * i);
  return { hashes, count: leaves.length };
};

/** Root of the RFC 6962 §2.1 tree over the leaves in order; of no leaves, SHA-256 of nothing. */
export const merkleRoot = (leaves: readonly Uint8Array[], leafHash: LeafHash = merkleLeafHash): Hash =>
  rootOf(footOf(leaves, leafHash));

/** Shows that a leaf stands at an index of a tree with `size` leaves: the sibling hashes from the leaf upward. */
export interface MerkleProof {
  readonly index: number;
  readonly size: number;
  readonly path: readonly Hash[];
}

/**
 * The inclusion proof of RFC 6962 §2.1.1 for one leaf.
 * @param index a whole number from 0 to `leaves.length - 1`; anything else is a broken invariant and throws
 */
export const merkleProof = (
  leaves: readonly Uint8Array[],
  index: number,
  leafHash: LeafHash = merkleLeafHash,
): MerkleProof => {
  if (!isIndexOf(leaves.length, index))
    throw new Error(`leaf index ${String(index)} is not in a tree of ${String(leaves.length)} leaves`);
  const path: Hash[] = [];
  let level = footOf(leaves, leafHash);
  for (let at = index; level.count > 1; at = floorDivCount(at, 2)) {
    const sibling = at % 2 === 0 ? at + 1 : at - 1;
    if (sibling < level.count) path.push(hashAt(level, sibling));
    level = levelAbove(level);
  }
  return { index, size: leaves.length, path };
};

/** A proof together with what it is claimed to prove. */
export interface MerkleClaim extends MerkleProof {
  readonly root: Hash;
  readonly leaf: Uint8Array;
  readonly leafHash?: LeafHash;
}

/**
 * Checks an inclusion proof as RFC 9162 §2.1.3.2 does: strict on index and size, and on the path having exactly the
 * length that index and size ask for. `size` must come from a trusted place, as the root does. Never throws on data.
 */
export const verifyMerkleProof = (claim: MerkleClaim): 'valid' | 'invalid' => {
  const { root, leaf, index, size, path, leafHash = merkleLeafHash } = claim;
  if (!isIndexOf(size, index) || path.length > PATH_MAX) return 'invalid';
  if (leafHash === precomputedLeaf && leaf.length !== 32) return 'invalid';
  let digest = leafHash(leaf);
  let at = index;
  let last = size - 1;
  for (const step of path) {
    if (last === 0 || E.isLeft(hash(step))) return 'invalid';
    const sibling = hashToBytes(step);
    if (at % 2 === 1) {
      digest = nodeHash(sibling, digest);
    } else if (at === last) {
      // The last node of an odd level has no sibling: it rises until it is a right child.
      while (at % 2 === 0) {
        at = floorDivCount(at, 2);
        last = floorDivCount(last, 2);
      }
      digest = nodeHash(sibling, digest);
    } else {
      digest = nodeHash(digest, sibling);
    }
    at = floorDivCount(at, 2);
    last = floorDivCount(last, 2);
  }
  return last === 0 && bytesToHex(digest) === root ? 'valid' : 'invalid';
};

/** Sizes are safe integers, below 2⁵³: no honest path is longer. */
const PATH_MAX = 53;

const isIndexOf = (size: number, index: number): boolean =>
  Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size;
