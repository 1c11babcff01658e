import fc from 'fast-check';
import { expect, test } from 'vitest';
import { yearOf } from '../src/calendar-year.ts';

test.each([
  [0n, 1970n],
  [1_767_225_599n, 2025n],
  [1_767_225_600n, 2026n],
  [951_782_400n, 2000n],
  [978_307_199n, 2000n],
  [978_307_200n, 2001n],
  [4_102_444_799n, 2099n],
  [4_102_444_800n, 2100n],
])('%s s after 1970 is in %s', (seconds, year) => {
  expect(yearOf(seconds)).toBe(year);
});

test('agrees with the calendar of the runtime, as far as that goes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 8_640_000_000_000n }), (seconds) => {
      expect(yearOf(seconds)).toBe(BigInt(new Date(Number(seconds) * 1_000).getUTCFullYear()));
    }),
    { numRuns: 2_000 },
  );
});
