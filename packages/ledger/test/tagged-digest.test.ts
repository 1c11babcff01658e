import { taggedHash } from '@zhtp/crypto';
import { hashToBytes } from '@zhtp/types';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { taggedDigestInto } from '../src/tagged-digest.ts';

test('a digest at a place is the tagged hash of the same input, whatever was hashed before', () => {
  const into = taggedDigestInto('zhtp/test/v1');
  // Around the memory that there is at first and the most that is kept.
  const length = fc.oneof(fc.nat(300), fc.integer({ min: 958, max: 962 }), fc.constantFrom(32_704, 32_705, 70_000));
  fc.assert(
    fc.property(fc.array(length, { minLength: 1, maxLength: 8 }), fc.nat(40), (lengths, at) => {
      for (const [i, size] of lengths.entries()) {
        const input = new Uint8Array(size).fill(i + 1);
        const target = new Uint8Array(at + 33).fill(0xff);
        into(input, target, at);
        expect(target.subarray(at, at + 32)).toEqual(hashToBytes(taggedHash('zhtp/test/v1', input)));
        expect(target[at + 32]).toBe(0xff);
      }
    }),
    { numRuns: 50 },
  );
});
