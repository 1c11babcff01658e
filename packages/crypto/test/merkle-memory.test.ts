import { createMerkleMemory, merkleRoot } from '@zhtp/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const preimageOf = (leaf: Uint8Array): Uint8Array => Uint8Array.of(7, ...leaf);

describe('a Merkle tree that is kept', () => {
  test('has the root of its leaves, whichever of them were put since the last one was asked for', () => {
    const trees = fc.integer({ min: 2, max: 20 }).chain((size) =>
      fc.record({
        first: fc.array(fc.uint8Array({ maxLength: 90 }), { minLength: size, maxLength: size }),
        turns: fc.array(fc.array(fc.tuple(fc.nat(size - 1), fc.uint8Array({ maxLength: 3 })))),
      }),
    );
    fc.assert(
      fc.property(trees, ({ first, turns }) => {
        const leaves = [...first];
        const tree = createMerkleMemory(leaves.length);
        leaves.forEach((leaf, i) => {
          tree.put(i, preimageOf(leaf));
        });
        expect(tree.root()).toBe(merkleRoot(leaves));
        for (const turn of turns) {
          for (const [i, leaf] of turn) {
            leaves[i] = leaf;
            tree.put(i, preimageOf(leaf));
          }
          expect(tree.root()).toBe(merkleRoot(leaves));
        }
      }),
    );
  });

  test('leaves the byte before a leaf as it was, so that leaves may lie one after the other', () => {
    const memory = Uint8Array.of(9, 1, 2, 3);
    const tree = createMerkleMemory(2);
    tree.put(0, memory.subarray(0, 3));
    tree.put(1, memory.subarray(2, 4));
    expect(memory).toEqual(Uint8Array.of(9, 1, 2, 3));
    expect(tree.root()).toBe(merkleRoot([Uint8Array.of(1, 2), Uint8Array.of(3)]));
  });

  test('has two leaves or more, and no others than these', () => {
    expect(() => createMerkleMemory(1)).toThrow('two leaves or more, got 1');
    expect(() => createMerkleMemory(2.5)).toThrow('got 2.5');
    const tree = createMerkleMemory(2);
    for (const index of [-1, 2, 0.5])
      expect(() => {
        tree.put(index, Uint8Array.of(0));
      }).toThrow('is not in a tree of 2');
  });
});
