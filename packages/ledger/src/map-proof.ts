import { array, hashCodec, hashToBytes, struct, u8, union, type Hash, type TypeOf } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  EMPTY_MAP_ROOT,
  hashOfBytes,
  hashOfNode,
  hashOfValue,
  walk,
  type AuthenticatedMap,
  type Branch,
} from './authenticated-map.ts';
import { branchHash, leafHash } from './map-hash.ts';
import { bitAt, PATH_BITS, pathOf, type MapKey } from './trie-path.ts';

/** The branches from the root down to a leaf: which bit each divides, and the hash of the side not taken. */
const stepsCodec = array(struct('MapProofStep', { bit: u8, sibling: hashCodec }), PATH_BITS);
type Steps = TypeOf<typeof stepsCodec>;

/**
 * Shows what a map of a known root holds under a key. `Absent` shows the only leaf that the key's path leads to: as no
 * branch of a well-formed trie is one-armed, a leaf of the key's own would have to stand there.
 */
export const mapProofCodec = union('MapProof', {
  Present: [0, { steps: stepsCodec }],
  Absent: [1, { steps: stepsCodec, foundPath: hashCodec, foundValueHash: hashCodec }],
  /** The whole map is empty. */
  Empty: [2, {}],
});
export type MapProof = TypeOf<typeof mapProofCodec>;

/** A proof of the entry under a key, or of its absence. */
export const proveInMap = (map: AuthenticatedMap, key: MapKey): MapProof => {
  const path = pathOf(key);
  const steps: { bit: number; sibling: Hash }[] = [];
  const note = (branch: Branch): void => {
    steps.push({
      bit: branch.bit,
      sibling: hashOfBytes(hashOfNode(bitAt(path, branch.bit) === 0 ? branch.one : branch.zero)),
    });
  };
  const leaf = walk(map, path, note);
  if (leaf === undefined) return { _tag: 'Empty' };
  if (leaf.path === path) return { _tag: 'Present', steps };
  return { _tag: 'Absent', steps, foundPath: leaf.path, foundValueHash: hashOfValue(leaf.value) };
};

const rootAbove = (steps: Steps, path: Hash, leaf: Uint8Array): Option<Hash> => {
  let node = leaf;
  let below = PATH_BITS;
  for (const { bit, sibling } of steps.toReversed()) {
    if (bit >= below) return O.none;
    below = bit;
    const side = hashToBytes(sibling);
    node = bitAt(path, bit) === 0 ? branchHash(bit, node, side) : branchHash(bit, side, node);
  }
  return O.some(hashOfBytes(node));
};

const isRoot = (claimed: Option<Hash>, root: Hash): 'valid' | 'invalid' =>
  O.isSome(claimed) && claimed.value === root ? 'valid' : 'invalid';

/**
 * Whether the map with this root holds this value under this key (none: holds nothing there).
 * `root` must come from a trusted place, a verified header's app hash. Never throws on a decoded proof.
 */
export const verifyMapProof = (claim: {
  readonly root: Hash;
  readonly key: MapKey;
  readonly value: Option<Uint8Array>;
  readonly proof: MapProof;
}): 'valid' | 'invalid' => {
  const { root, key, value, proof } = claim;
  const path = pathOf(key);
  switch (proof._tag) {
    case 'Present':
      return O.isSome(value)
        ? isRoot(rootAbove(proof.steps, path, leafHash(path, hashOfValue(value.value))), root)
        : 'invalid';
    case 'Absent': {
      const { steps, foundPath, foundValueHash } = proof;
      const onTheWay = foundPath !== path && steps.every(({ bit }) => bitAt(foundPath, bit) === bitAt(path, bit));
      if (O.isSome(value) || !onTheWay) return 'invalid';
      return isRoot(rootAbove(steps, path, leafHash(foundPath, foundValueHash)), root);
    }
    case 'Empty':
      return O.isNone(value) && root === EMPTY_MAP_ROOT ? 'valid' : 'invalid';
  }
};
