import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPaid, withPaid, type PaidHeights } from '../src/paid-heights.ts';

test('heights paid in a row are one run', () => {
  const paid = [2n, 3n, 4n, 5n].reduce<PaidHeights>(withPaid, []);
  expect(paid).toEqual([{ first: 2n, last: 5n }]);
});

test('any heights in any order are remembered exactly, in as few runs as possible', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 40n })), (heights) => {
      const paid = heights.reduce<PaidHeights>(withPaid, []);
      const known = new Set(heights);
      for (let height = 0n; height <= 42n; height++) expect(isPaid(paid, height)).toBe(known.has(height));
      for (const [i, run] of paid.entries()) {
        expect(run.first).toBeLessThanOrEqual(run.last);
        const next = paid[i + 1];
        if (next !== undefined) expect(run.last + 1n).toBeLessThan(next.first);
      }
    }),
  );
});
