import { ZERO_HASH, type Hash } from '@zhtp/types';
import { sha256Hash, sha256Into } from './sha256.ts';

const LEAF_PREFIX_BYTE = 0;
const NODE_PREFIX_BYTE = 1;
const HASH_BYTES = 32;

/**
 * The RFC 6962 §2.1 tree over a fixed number of leaves, for trees that are hashed again and again while many of their leaves
 * stay: what lies above nothing but leaves that stayed is not hashed anew.
 */
export interface MerkleMemory {
  /**
   * Hashes the leaf at an index: all bytes but the first, which is the prefix while they are hashed and what it was afterwards,
   * so that leaves may lie one after the other.
   */
  readonly put: (index: number, preimage: Uint8Array) => void;
  /** The root once each leaf has been put, whenever that was. */
  readonly root: () => Hash;
}

/** An inner node: 0x01 and the digests of its two children, each of which is written here when it is made. */
interface Node {
  readonly preimage: Uint8Array;
  /** Where its own digest belongs; none for the root. */
  readonly above: Place | undefined;
  /** A child has changed since it was hashed. */
  isStale: boolean;
}

interface Place {
  readonly node: Node;
  readonly at: number;
}

/** Of the left part of so many leaves: the largest power of two below their number. */
const leftSize = (size: number): number => {
  let left = 1;
  while (2 * left < size) left *= 2;
  return left;
};

/** @param size number of leaves, two or more; a tree of fewer has nothing to keep */
export const createMerkleMemory = (size: number): MerkleMemory => {
  if (!Number.isSafeInteger(size) || size < 2)
    throw new Error(`a Merkle tree that is kept has two leaves or more, got ${String(size)}`);
  const leaves: Place[] = [];
  /** Children before parents. */
  const nodes: Node[] = [];

  const plant = (count: number, above: Place | undefined): void => {
    if (count === 1) {
      if (above !== undefined) leaves.push(above);
      return;
    }
    const node = { preimage: new Uint8Array(1 + 2 * HASH_BYTES), above, isStale: true };
    node.preimage[0] = NODE_PREFIX_BYTE;
    plant(leftSize(count), { node, at: 1 });
    plant(count - leftSize(count), { node, at: 1 + HASH_BYTES });
    nodes.push(node);
  };
  plant(size, undefined);

  const write = (preimage: Uint8Array, { node, at }: Place): void => {
    sha256Into(preimage, node.preimage, at);
    node.isStale = true;
  };

  let root = ZERO_HASH;
  return {
    put: (index, preimage) => {
      const place = leaves[index];
      if (place === undefined)
        throw new Error(`leaf index ${String(index)} is not in a tree of ${String(size)} leaves`);
      const before = preimage[0] ?? 0;
      preimage[0] = LEAF_PREFIX_BYTE;
      write(preimage, place);
      preimage[0] = before;
    },
    root: () => {
      for (const node of nodes) {
        if (!node.isStale) continue;
        node.isStale = false;
        if (node.above === undefined) root = sha256Hash(node.preimage);
        else write(node.preimage, node.above);
      }
      return root;
    },
  };
};
