import {
  ceilDivCount,
  found,
  hashFromBytes,
  proofVerificationFailed,
  STORAGE_BLOCK_BYTES,
  STORAGE_PATH_MAX,
  type ConsensusError,
  type Hash,
  type StorageError,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BlockReader } from './block-reader.ts';
import { streamLeaves } from './leaf-stream.ts';
import { MerkleStream } from './merkle-stream.ts';
import { leavesOf, storageNodeHash, wrongOwner, wrongSize, type StorageOwner } from './storage-leaf.ts';
import { notHash, notObject } from './well-formed.ts';

/** Most nodes a validator keeps of its tree: 2 MiB, whatever the file's size. */
export const KEPT_NODES_MAX = 65_536;

/**
 * What a validator keeps of the tree over its bytes. `root`, `salt`, `blockBytes` and `size` go on chain; the kept nodes
 * let it answer a challenge by reading 2^keptLevel blocks instead of the whole file.
 */
export interface StorageTree extends StorageOwner {
  /** Bytes. */
  readonly size: number;
  readonly root: Hash;
  /** Leaves under one kept node: 2^keptLevel. */
  readonly keptLevel: number;
  /** Roots of all subtrees of 2^keptLevel leaves in order, 32 bytes each; the last subtree may be smaller. */
  readonly keptNodes: readonly Uint8Array[];
}

/** What a commitment is made over; `blockBytes` 256 KiB when left out. */
export interface StorageCommitmentArguments {
  readonly validator: Hash;
  readonly salt: Hash;
  readonly blockBytes?: number;
}

/** Completed with the default block length and checked. */
const storageOwner = (owner: StorageCommitmentArguments): Either<ConsensusError, StorageOwner> => {
  const { validator, salt, blockBytes = STORAGE_BLOCK_BYTES } = owner;
  const wrong = wrongOwner({ validator, salt, blockBytes });
  return wrong === undefined ? E.right({ validator, salt, blockBytes }) : E.left(wrong);
};

/** Why a kept tree cannot be one: it may come from a file of the validator's own. */
export const malformedTree = (tree: StorageTree): ConsensusError | undefined => {
  const wrong =
    notObject('tree', tree) ?? wrongOwner(tree) ?? notHash('root', tree.root) ?? wrongSize(tree.size, tree.blockBytes);
  if (wrong !== undefined) return wrong;
  const { keptLevel, keptNodes, size, blockBytes } = tree;
  if (!Number.isInteger(keptLevel) || keptLevel < 0 || keptLevel > STORAGE_PATH_MAX)
    return proofVerificationFailed(
      `keptLevel must be from 0 to ${String(STORAGE_PATH_MAX)}, got ${found(keptLevel)}: commit anew`,
    );
  const nodes = ceilDivCount(leavesOf(size, blockBytes), 2 ** keptLevel);
  return Array.isArray(keptNodes) &&
    keptNodes.length === nodes &&
    keptNodes.every((node: unknown) => node instanceof Uint8Array && node.length === 32)
    ? undefined
    : proofVerificationFailed(`keptNodes must be ${String(nodes)} digests of 32 bytes: commit anew`);
};

/** The lowest level with at most {@link KEPT_NODES_MAX} nodes. */
const keptLevelOf = (leaves: number): number => {
  let level = 0;
  while (leaves > KEPT_NODES_MAX * 2 ** level) level += 1;
  return level;
};

/** All levels from `nodes` up to the single root, an odd last node carried over (RFC 6962). */
export const levelsAbove = (nodes: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] => {
  const levels = [nodes];
  for (let level = nodes; level.length > 1; levels.push(level)) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = level.slice(i, i + 2);
      if (left !== undefined) above.push(right === undefined ? left : storageNodeHash(left, right));
    }
    level = above;
  }
  return levels;
};

/** A digest as a hash; anything else than 32 bytes is a broken hash function. */
export const digestAsHash = (digest: Uint8Array): Hash => {
  const hash = hashFromBytes(digest);
  if (E.isLeft(hash)) throw new Error(`broken hash function: ${hash.left}`);
  return hash.right;
};

/**
 * Reads all bytes once, in constant memory, and gives the tree to keep. Draw a fresh `salt` for each commitment.
 * Refused: identities, salt, block length or size out of form (ProofVerificationFailed); a StorageError where reading fails.
 */
export const commitStorage =
  (owner: StorageCommitmentArguments, reader: BlockReader): TaskEither<ConsensusError | StorageError, StorageTree> =>
  async () => {
    const absent = notObject('commitment arguments', owner) ?? notObject('reader', reader);
    if (absent !== undefined) return E.left(absent);
    const checked = storageOwner(owner);
    if (E.isLeft(checked)) return checked;
    const { size } = reader;
    const tooLarge = wrongSize(size, checked.right.blockBytes);
    if (tooLarge !== undefined) return E.left(tooLarge);
    const leaves = leavesOf(size, checked.right.blockBytes);
    const keptLevel = keptLevelOf(leaves);
    const keptNodes: Uint8Array[] = [];
    const subtree = new MerkleStream();
    const close = (): void => {
      const root = subtree.takeRoot();
      if (root !== undefined) keptNodes.push(root);
    };
    const streamed = await streamLeaves(checked.right, reader, { from: 0, to: leaves }, (leafHash) => {
      subtree.push(leafHash);
      if (subtree.count === 2 ** keptLevel) close();
    });
    if (E.isLeft(streamed)) return streamed;
    close();
    const [root] = levelsAbove(keptNodes).at(-1) ?? [];
    return root === undefined
      ? E.left(proofVerificationFailed('size must be at least one byte: nothing was read'))
      : E.right({ ...checked.right, size, root: digestAsHash(root), keptLevel, keptNodes });
  };
