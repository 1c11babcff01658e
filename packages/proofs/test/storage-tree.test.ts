import { merkleProof, merkleRoot, precomputedLeaf, sha256 } from '@zhtp/crypto';
import { hashToBytes } from '@zhtp/types';
import { commitStorage, KEPT_NODES_MAX, proveStorage, type BlockReader } from '@zhtp/proofs';
import { storageLeafHash } from '../src/storage-leaf.ts';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import {
  BLOCK_BYTES,
  hashOf,
  HEIGHT,
  memoryReader,
  PREV_HASH,
  right,
  SALT,
  sampleBytes,
  VALIDATOR,
} from './support.ts';

const owner = { validator: VALIDATOR, salt: SALT, blockBytes: BLOCK_BYTES };
const moment = { prevHash: PREV_HASH, height: HEIGHT };

/** The leaves of the tree by the book, all in memory. */
const leafHashes = (bytes: Uint8Array, blockBytes: number): Uint8Array[] => {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    leaves.push(storageLeafHash({ ...owner, blockBytes }, leaves.length, bytes.subarray(at, at + blockBytes)));
  return leaves;
};

describe('a leaf', () => {
  test('is H(0x00 ‖ validator ‖ salt ‖ u64 index ‖ block)', () => {
    const index = new Uint8Array(8);
    index[7] = 5;
    const leaf = Uint8Array.of(0, ...hashToBytes(VALIDATOR), ...hashToBytes(SALT), ...index, 1, 2, 3);
    expect(storageLeafHash(owner, 5, Uint8Array.of(1, 2, 3))).toEqual(sha256(leaf));
  });
});

describe('commitStorage', () => {
  test.each([1, 1_023, 1_024, 1_025, 262_143, 262_144, 262_145, 786_432, 700_001])(
    'gives the RFC 6962 root over %i bytes in blocks of 1 KiB',
    async (length) => {
      const bytes = sampleBytes(length);
      const tree = right(await commitStorage(owner, memoryReader(bytes))());
      expect(tree.root).toBe(merkleRoot(leafHashes(bytes, BLOCK_BYTES), precomputedLeaf));
    },
  );

  test('blocks are 256 KiB unless told otherwise', async () => {
    const bytes = sampleBytes(600_000);
    const tree = right(await commitStorage({ validator: VALIDATOR, salt: SALT }, memoryReader(bytes))());
    expect(tree.root).toBe(merkleRoot(leafHashes(bytes, 262_144), precomputedLeaf));
    expect(tree.keptNodes).toHaveLength(3);
  });

  test('validator and salt each give another tree over the same bytes', async () => {
    const rootOf = async (changes: object) =>
      right(await commitStorage({ ...owner, ...changes }, memoryReader(sampleBytes(5_000)))()).root;
    const roots = await Promise.all([{}, { salt: hashOf('x') }, { validator: hashOf('y') }].map(rootOf));
    expect(new Set(roots).size).toBe(3);
  });

  test.each([0, 512, 1_023, 1_500, 524_288, Number.NaN, -1_024, 1024.5])(
    'refuses blocks of %d bytes',
    async (blockBytes) => {
      expectRefused(
        await commitStorage({ ...owner, blockBytes }, memoryReader(sampleBytes(10)))(),
        'ProofVerificationFailed',
        /blockBytes/,
      );
    },
  );

  test.each([0, -1, 2 ** 53, 2 ** 50 + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a size of %d bytes',
    async (size) => {
      const reader: BlockReader = { size, read: () => async () => E.right(undefined) };
      expectRefused(await commitStorage(owner, reader)(), 'ProofVerificationFailed', /size/);
    },
  );

  test('says where reading failed', async () => {
    const reader: BlockReader = { ...memoryReader(sampleBytes(300_000)), size: 300_001 };
    expectRefused(await commitStorage(owner, reader)(), 'StorageError', /ends at byte 300000/);
  });
});

describe('proveStorage', () => {
  test('paths are those of RFC 6962 for any number of blocks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 * BLOCK_BYTES }), async (length) => {
        const bytes = sampleBytes(length);
        const reader = memoryReader(bytes);
        const tree = right(await commitStorage(owner, reader)());
        const leaves = leafHashes(bytes, BLOCK_BYTES);
        for (const { challenge, proof } of right(await proveStorage(tree, reader, moment)())) {
          const index = Number(challenge.blockIndex);
          expect(proof.path).toEqual(merkleProof(leaves, index, precomputedLeaf).path);
          expect(proof.block).toEqual(bytes.slice(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a tree above the kept nodes proves the same as one kept whole', async () => {
    // Kept at level 2 by hand: what a file of more than 65 536 blocks has.
    for (const length of [7, 16, 21].map((blocks) => blocks * BLOCK_BYTES - 5)) {
      const bytes = sampleBytes(length);
      const reader = memoryReader(bytes);
      const whole = right(await commitStorage(owner, reader)());
      const leaves = leafHashes(bytes, BLOCK_BYTES);
      const keptNodes = Array.from({ length: Math.ceil(leaves.length / 4) }, (_, i) =>
        hashToBytes(merkleRoot(leaves.slice(4 * i, 4 * i + 4), precomputedLeaf)),
      );
      const sparse = { ...whole, keptLevel: 2, keptNodes };
      expect(right(await proveStorage(sparse, reader, moment)())).toEqual(
        right(await proveStorage(whole, reader, moment)()),
      );
    }
  });

  test('more than 65 536 blocks are kept as pairs', async () => {
    const zeros: BlockReader['read'] = (_offset, into) => async () => {
      into.fill(0);
      return E.right(undefined);
    };
    const reader: BlockReader = { size: (KEPT_NODES_MAX + 1) * BLOCK_BYTES, read: zeros };
    const tree = right(await commitStorage(owner, reader)());
    expect([tree.keptLevel, tree.keptNodes.length]).toEqual([1, KEPT_NODES_MAX / 2 + 1]);
    expect(right(await proveStorage(tree, reader, moment)())).toHaveLength(30);
  });

  test('reads at most 256 KiB at a time, and only the challenged blocks', async () => {
    const bytes = sampleBytes(2_000 * BLOCK_BYTES);
    const plain = memoryReader(bytes);
    const lengths: number[] = [];
    const reader: BlockReader = {
      size: plain.size,
      read: (offset, into) => {
        lengths.push(into.length);
        return plain.read(offset, into);
      },
    };
    const tree = right(await commitStorage(owner, reader)());
    expect(Math.max(...lengths)).toBe(262_144);
    lengths.length = 0;
    right(await proveStorage(tree, reader, moment)());
    expect(lengths).toEqual(Array<number>(30).fill(BLOCK_BYTES));
  });

  test('a changed byte is found by the prover itself, with the block named', async () => {
    const bytes = sampleBytes(3 * BLOCK_BYTES);
    const tree = right(await commitStorage(owner, memoryReader(bytes))());
    bytes[BLOCK_BYTES] = (bytes[BLOCK_BYTES] ?? 0) ^ 1;
    expectRefused(await proveStorage(tree, memoryReader(bytes), moment)(), 'StorageError', /block 1 /);
  });

  test('a shorter file and a damaged tree are refused', async () => {
    const bytes = sampleBytes(3 * BLOCK_BYTES);
    const reader = memoryReader(bytes);
    const tree = right(await commitStorage(owner, reader)());
    const shorter = memoryReader(bytes.slice(1));
    expectRefused(await proveStorage(tree, shorter, moment)(), 'ProofVerificationFailed', /size is 3072/);
    const damaged = { ...tree, keptNodes: tree.keptNodes.toReversed() };
    expectRefused(await proveStorage(damaged, reader, moment)(), 'ProofVerificationFailed', /keptNodes/);
  });
});
