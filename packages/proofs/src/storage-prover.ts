import {
  floorDivCount,
  proofVerificationFailed,
  storageError,
  type ChallengeResult,
  type ConsensusError,
  type Hash,
  type StorageChallenge,
  type StorageError,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BlockReader } from './block-reader.ts';
import { streamLeaves } from './leaf-stream.ts';
import { MerkleStream } from './merkle-stream.ts';
import { storageChallenges } from './storage-challenge.ts';
import { leavesOf, storageNodeHash, subtreeOf } from './storage-leaf.ts';
import { digestAsHash, levelsAbove, malformedTree, type StorageTree } from './storage-tree.ts';
import { notHash, notObject, notU64 } from './well-formed.ts';

type Levels = readonly (readonly Uint8Array[])[];

/** The root over the leaves [from, to), streamed; undefined of no leaves. */
const rootOfRange = async (
  tree: StorageTree,
  reader: BlockReader,
  from: number,
  to: number,
): Promise<Either<StorageError, Uint8Array | undefined>> => {
  const stream = new MerkleStream();
  const streamed = await streamLeaves(tree, reader, { from, to }, (leafHash) => {
    stream.push(leafHash);
  });
  return E.isLeft(streamed) ? streamed : E.right(stream.takeRoot());
};

/** The challenged block and its own hash. */
const readLeaf = async (tree: StorageTree, reader: BlockReader, index: number) => {
  const leaf = { block: new Uint8Array(0), hash: new Uint8Array(0) };
  const streamed = await streamLeaves(tree, reader, { from: index, to: index + 1 }, (hash, _index, block) => {
    leaf.block = block.slice();
    leaf.hash = hash.slice();
  });
  return E.isLeft(streamed) ? streamed : E.right(leaf);
};

const changed = (index: number): StorageError =>
  storageError(`block ${String(index)} or one beside it is not what was committed: restore the file or commit anew`);

/** Reads one challenged block and the siblings below the kept nodes, and checks them against the kept node. */
const answer = async (
  tree: StorageTree,
  levels: Levels,
  reader: BlockReader,
  challenge: StorageChallenge,
): Promise<Either<StorageError, ChallengeResult>> => {
  const index = Number(challenge.blockIndex);
  const leaves = leavesOf(tree.size, tree.blockBytes);
  const leaf = await readLeaf(tree, reader, index);
  if (E.isLeft(leaf)) return leaf;
  const path: Hash[] = [];
  let node: Uint8Array = leaf.right.hash;
  const join = (sibling: Uint8Array, at: number): void => {
    node = at % 2 === 0 ? storageNodeHash(node, sibling) : storageNodeHash(sibling, node);
    path.push(digestAsHash(sibling));
  };
  for (let level = 0; level < tree.keptLevel; level += 1) {
    const at = subtreeOf(index, level);
    const beside = at % 2 === 0 ? at + 1 : at - 1;
    const to = Math.min((beside + 1) * 2 ** level, leaves);
    const sibling = await rootOfRange(tree, reader, beside * 2 ** level, to);
    if (E.isLeft(sibling)) return sibling;
    if (sibling.right !== undefined) join(sibling.right, at);
  }
  let at = subtreeOf(index, tree.keptLevel);
  const kept = tree.keptNodes[at];
  if (kept === undefined || digestAsHash(kept) !== digestAsHash(node)) return E.left(changed(index));
  for (const level of levels.slice(0, -1)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) join(sibling, at);
    at = floorDivCount(at, 2);
  }
  return E.right({ challenge, proof: { block: leaf.right.block, path }, result: { _tag: 'Valid' } });
};

/** When a challenge is answered: the hash of the block before `height` decides what is asked. */
export interface ChallengeMoment {
  readonly prevHash: Hash;
  readonly height: bigint;
}

const inconsistent = (tree: StorageTree, levels: Levels, reader: BlockReader): ConsensusError | undefined => {
  if (reader.size !== tree.size)
    return proofVerificationFailed(
      `size is ${String(tree.size)} bytes in the commitment, the file has ${String(reader.size)}`,
    );
  const [root] = levels.at(-1) ?? [];
  return root === undefined || digestAsHash(root) !== tree.root
    ? proofVerificationFailed('keptNodes do not give the root: the kept tree is damaged, commit anew')
    : undefined;
};

/**
 * Answers the thirty challenges of a height from the file, in constant memory. A file that changed since it was committed
 * is a StorageError that names the block, never a proof that fails elsewhere.
 */
export const proveStorage =
  (
    tree: StorageTree,
    reader: BlockReader,
    moment: ChallengeMoment,
  ): TaskEither<ConsensusError | StorageError, readonly ChallengeResult[]> =>
  async () => {
    const absent = malformedTree(tree) ?? notObject('reader', reader) ?? notObject('moment', moment);
    if (absent !== undefined) return E.left(absent);
    const levels = levelsAbove(tree.keptNodes);
    const wrong =
      notHash('prevHash', moment.prevHash) ?? notU64('height', moment.height) ?? inconsistent(tree, levels, reader);
    if (wrong !== undefined) return E.left(wrong);
    const { validator, root, size, blockBytes } = tree;
    const challenges = storageChallenges({ ...moment, validator, root, leaves: leavesOf(size, blockBytes) });
    const results: ChallengeResult[] = [];
    for (const challenge of challenges) {
      const result = await answer(tree, levels, reader, challenge);
      if (E.isLeft(result)) return result;
      results.push(result.right);
    }
    return E.right(results);
  };
