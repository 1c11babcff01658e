import { bytesToHex, hashFromBytes, hashToBytes, type Hash } from '@zhtp/types';
import { merkleLeafHash, merkleProof, merkleRoot, precomputedLeaf, sha256, verifyMerkleProof } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from './hex.ts';

/** The certificate-transparency reference vectors of RFC 6962 trees: leaves, roots of the first n, and inclusion paths. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  fromHex,
);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

/** RFC 6962 §2.1 as it is written: split at the largest power of two below n. */
const rootByTheBook = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return sha256(Uint8Array.of(0, ...first));
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256(Uint8Array.of(1, ...rootByTheBook(leaves.slice(0, k)), ...rootByTheBook(leaves.slice(k))));
};

const leavesOf = (size: number): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, i) => Uint8Array.of(i >> 8, i & 255));
const sizeAndIndex = fc.integer({ min: 1, max: 40 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

describe('roots', () => {
  test.each(ROOTS.map((root, size) => [size, root] as const))('of the first %i reference leaves', (size, root) => {
    expect(merkleRoot(LEAVES.slice(0, size))).toBe(root);
  });

  test('are those of the recursive definition', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 }), (leaves) => {
        expect(merkleRoot(leaves)).toBe(bytesToHex(rootByTheBook(leaves)));
      }),
    );
  });

  test('come out the same from precomputed leaf hashes', () => {
    const leaves = leavesOf(13);
    expect(merkleRoot(leaves.map(merkleLeafHash), precomputedLeaf)).toBe(merkleRoot(leaves));
    expect(() => merkleRoot([new Uint8Array(31)], precomputedLeaf)).toThrow('32 bytes');
  });

  test('do not repeat the last leaf of an odd tree (the duplication flaw)', () => {
    const [a, b, c] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
    expect(merkleRoot([a, b, c])).not.toBe(merkleRoot([a, b, c, c]));
  });
});

describe('proofs', () => {
  test.each(PATHS)('of leaf %i of %i are the reference path', (index, size, path) => {
    expect(merkleProof(LEAVES.slice(0, size), index)).toEqual({ index, size, path });
  });

  test('of every leaf verify, under that index, size and root only', () => {
    fc.assert(
      fc.property(sizeAndIndex, ([size, index]) => {
        const leaves = leavesOf(size);
        const claim = {
          ...merkleProof(leaves, index),
          root: merkleRoot(leaves),
          leaf: leaves[index] ?? new Uint8Array(0),
        };
        expect(verifyMerkleProof(claim)).toBe('valid');
        const accepted = leaves.flatMap((_leaf, i) =>
          verifyMerkleProof({ ...claim, index: i }) === 'valid' ? [i] : [],
        );
        expect(accepted).toEqual([index]);
        expect(verifyMerkleProof({ ...claim, leaf: Uint8Array.of(9, 9, 9) })).toBe('invalid');
        expect(verifyMerkleProof({ ...claim, path: claim.path.slice(1) })).toBe(size === 1 ? 'valid' : 'invalid');
        expect(verifyMerkleProof({ ...claim, path: [...claim.path, claim.root] })).toBe('invalid');
      }),
    );
  });

  test('with any one bit of the path changed fail', () => {
    fc.assert(
      fc.property(sizeAndIndex, fc.nat(), fc.nat(255), ([size, index], which, bit) => {
        fc.pre(size > 1);
        const leaves = leavesOf(size);
        const proof = merkleProof(leaves, index);
        const at = which % proof.path.length;
        const path = proof.path.map((step, i) => (i === at ? withBitChanged(step, bit) : step));
        const leaf = leaves[index] ?? new Uint8Array(0);
        expect(verifyMerkleProof({ ...proof, path, leaf, root: merkleRoot(leaves) })).toBe('invalid');
      }),
    );
  });

  test.each([-1, 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'for index %d of a one-leaf tree do not exist',
    (index) => {
      const [leaf] = leavesOf(1);
      expect(leaf).toBeDefined();
      if (leaf === undefined) return;
      const root = merkleRoot([leaf]);
      expect(verifyMerkleProof({ root, leaf, index, size: 1, path: [] })).toBe('invalid');
      expect(() => merkleProof([leaf], index)).toThrow('not in a tree of 1 leaves');
    },
  );

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('for a tree of %d leaves do not verify', (size) => {
    const leaf = Uint8Array.of(1);
    expect(verifyMerkleProof({ root: merkleRoot([leaf]), leaf, index: 0, size, path: [] })).toBe('invalid');
  });

  test('never take an inner node for a leaf', () => {
    const leaves = leavesOf(4);
    const [left, right] = leaves.map(merkleLeafHash);
    expect(left !== undefined && right !== undefined).toBe(true);
    if (left === undefined || right === undefined) return;
    const posing = Uint8Array.of(...left, ...right);
    const { path } = merkleProof(leaves, 0);
    expect(verifyMerkleProof({ root: merkleRoot(leaves), leaf: posing, index: 0, size: 2, path: path.slice(1) })).toBe(
      'invalid',
    );
  });

  test('over precomputed leaves refuse a leaf of another length and an endless path', () => {
    const hashes = leavesOf(3).map(merkleLeafHash);
    const root = merkleRoot(hashes, precomputedLeaf);
    const claim = { ...merkleProof(hashes, 1, precomputedLeaf), root, leafHash: precomputedLeaf };
    expect(verifyMerkleProof({ ...claim, leaf: hashes[1] ?? new Uint8Array(0) })).toBe('valid');
    expect(verifyMerkleProof({ ...claim, leaf: new Uint8Array(31) })).toBe('invalid');
    const endless = Array.from({ length: 54 }, () => root);
    expect(verifyMerkleProof({ ...claim, leaf: new Uint8Array(32), size: 2 ** 53 - 1, path: endless })).toBe('invalid');
  });
});

const withBitChanged = (hash: Hash, bit: number): Hash => {
  const bytes = hashToBytes(hash);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const changed = hashFromBytes(bytes);
  if (E.isLeft(changed)) throw new Error(changed.left);
  return changed.right;
};
