import { equalBytes } from '@zhtp/types';
import { sameBytes } from '@zhtp/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const few = fc.uint8Array({ maxLength: 4, max: 1 });

test('bytes are the same when their lengths and every one of them are, views into larger buffers included', () => {
  fc.assert(
    fc.property(few, few, fc.nat(2), fc.nat(2), (a, b, from, to) => {
      const [left, right] = [a.subarray(from), b.subarray(to)];
      expect(sameBytes(left, right)).toBe(equalBytes(left, right));
      expect(sameBytes(left, left.slice())).toBe(true);
    }),
  );
});

test.each([0, 1, 63, 64, 3308])('one bit at place %d of a signature makes it another', (place) => {
  const signature = new Uint8Array(3309).fill(7);
  const other = signature.slice();
  other[place] = 6;
  expect(sameBytes(signature, other)).toBe(false);
});
