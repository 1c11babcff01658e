import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutBytes } from '../src/byte-arena.ts';

test('no two pieces share a byte, and each has the length that was asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 2_040, max: 2_060 })), { maxLength: 200 }),
      (lengths) => {
        const pieces = lengths.map((length, i) => cutBytes(length).fill(i));
        for (const [i, piece] of pieces.entries()) {
          expect(piece.length).toBe(lengths[i]);
          expect(piece.every((byte) => byte === (i & 0xff))).toBe(true);
        }
      },
    ),
  );
});

test('a long piece has memory of its own', () => {
  expect(cutBytes(2_048).buffer.byteLength).toBeGreaterThan(2_048);
  expect(cutBytes(2_049).buffer.byteLength).toBe(2_049);
});
