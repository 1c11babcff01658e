import { option as O } from 'fp-ts';
import { accusedBy, duplicateVote, evidenceHeight, evidenceIdOf } from '@zhtp/chain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEvidencePool, type EvidencePoolLimits, type PooledEvidence } from '../src/evidence-pool.ts';
import { hashNamed, identityNamed, vote } from './support.ts';

const piece = (accused: string, height: bigint, name: string, bytes = 100, signature = 0): PooledEvidence => {
  const evidence = duplicateVote(
    vote({ voter: identityNamed(accused), height }, signature),
    vote({ voter: identityNamed(accused), height, proposalId: O.some(hashNamed(name)) }, signature),
  );
  return {
    id: evidenceIdOf(evidence),
    evidence,
    accused: accusedBy(evidence),
    height: evidenceHeight(evidence),
    bytes,
  };
};

const LIMITS: EvidencePoolLimits = { piecesMax: 4, bytesMax: 1_000, perAccusedMax: 3 };
const ids = (pieces: readonly PooledEvidence[]): readonly string[] => pieces.map(({ id }) => id);

describe('an evidence pool', () => {
  test('keeps a piece once, whoever signed it again', () => {
    const pool = createEvidencePool(LIMITS);
    const first = piece('v0', 5n, 'x');
    const again = piece('v0', 5n, 'x', 100, 9);
    expect(again.id).toBe(first.id);
    expect(pool.add(first)).toEqual([]);
    expect([pool.admits(again), pool.add(again)]).toEqual([false, undefined]);
    expect(pool.size()).toEqual({ pieces: 1, bytes: 100 });
    expect([pool.remove(first.id), pool.remove(first.id), pool.has(first.id)]).toEqual([true, false, false]);
    expect(pool.size()).toEqual({ pieces: 0, bytes: 0 });
  });

  test('keeps so many of one accused and no more', () => {
    const pool = createEvidencePool({ ...LIMITS, piecesMax: 100 });
    const pieces = ['a', 'b', 'c', 'd'].map((name) => piece('v0', 5n, name));
    expect(pieces.map((one) => pool.add(one) !== undefined)).toEqual([true, true, true, false]);
    expect(pool.add(piece('v1', 5n, 'a'))).toEqual([]);
    pool.remove(pieces[0]?.id ?? hashNamed('none'));
    expect(pieces[3] === undefined ? undefined : pool.add(pieces[3])).toEqual([]);
  });

  test('full of pieces, lets the latest of the most accused go for one of a less accused', () => {
    const pool = createEvidencePool(LIMITS);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => piece('v0', 5n, name));
    for (const one of [a, b, c]) if (one !== undefined) pool.add(one);
    expect(pool.add(piece('v1', 9n, 'x'))).toEqual([]);
    expect(pool.size().pieces).toBe(LIMITS.piecesMax);
    expect(pool.add(piece('v2', 9n, 'x'))).toEqual([c]);
    // Two of v0, one each of v1 and v2: for a second of v1 nobody leaves.
    expect(pool.add(piece('v1', 1n, 'y'))).toBeUndefined();
    expect(pool.add(piece('v3', 1n, 'y'))).toEqual([b]);
    expect(pool.add(piece('v4', 1n, 'y'))).toBeUndefined();
  });

  test('full of bytes, does the same, and takes nothing that leaves no room', () => {
    const pool = createEvidencePool({ piecesMax: 100, bytesMax: 1_000, perAccusedMax: 3 });
    const large = piece('v0', 5n, 'a', 400);
    pool.add(large);
    const other = piece('v0', 5n, 'b', 500);
    pool.add(other);
    expect(pool.add(piece('v1', 5n, 'x', 100))).toEqual([]);
    expect(pool.add(piece('v2', 5n, 'x', 1))).toEqual([other]);
    expect(pool.add(piece('v3', 5n, 'x', 1_001))).toBeUndefined();
    expect(pool.size()).toEqual({ pieces: 3, bytes: 501 });
  });

  test('gives a block what is below its height, oldest first, within its room', () => {
    const pool = createEvidencePool({ piecesMax: 100, bytesMax: 10_000, perAccusedMax: 10 });
    const pieces = [piece('v0', 7n, 'a'), piece('v1', 5n, 'a', 300), piece('v2', 6n, 'a'), piece('v3', 5n, 'b')];
    for (const one of pieces) pool.add(one);
    const heights = (taken: readonly PooledEvidence[]) => taken.map(({ height }) => height);
    expect(heights(pool.reap(8n, 10_000, 100))).toEqual([5n, 5n, 6n, 7n]);
    expect(heights(pool.reap(7n, 10_000, 100))).toEqual([5n, 5n, 6n]);
    expect(pool.reap(5n, 10_000, 100)).toEqual([]);
    expect(heights(pool.reap(8n, 10_000, 2))).toEqual([5n, 5n]);
    expect(pool.reap(8n, 99, 100)).toEqual([]);
    expect(heights(pool.reap(8n, 299, 100))).toEqual([5n, 6n]);
    expect(pool.reap(8n, 400, 100).map(({ bytes }) => bytes)).toContain(300);
  });

  test('has one order, however its pieces came, and never exceeds its bounds', () => {
    const known = Array.from({ length: 12 }, (_, i) =>
      piece(`v${String(i % 4)}`, BigInt(i % 3), String(i), 50 + i * 20),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(known), (pieces) => {
        const pool = createEvidencePool(LIMITS);
        const kept = new Set<string>();
        for (const one of pieces) {
          const admitted = pool.admits(one);
          const gone = pool.add(one);
          expect(gone !== undefined).toBe(admitted);
          if (gone !== undefined) kept.add(one.id);
          for (const { id } of gone ?? []) kept.delete(id);
          const { pieces: count, bytes } = pool.size();
          expect(count <= LIMITS.piecesMax && bytes <= LIMITS.bytesMax).toBe(true);
        }
        expect(new Set(ids(pool.inOrder()))).toEqual(kept);
        const again = createEvidencePool({ piecesMax: 100, bytesMax: 100_000, perAccusedMax: 100 });
        for (const one of pool.inOrder().toReversed()) again.add(one);
        expect(ids(again.inOrder())).toEqual(ids(pool.inOrder()));
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
