import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCertificate, votesOfCertificate } from '@zhtp/chain';
import { CONTEXT, precommits, range, right, toySet } from './support.ts';

describe('the votes of a certificate', () => {
  test('are those it was made of, in identity order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...range(7)], { minLength: 5 }), (positions) => {
        const set = toySet(range(7).map(() => 1n));
        const certificate = right(makeCertificate(set, precommits(set, positions)));
        const inOrder = positions.toSorted((a, b) => a - b);
        expect(votesOfCertificate(set, certificate, CONTEXT.algorithm)).toEqual(precommits(set, inOrder));
      }),
    );
  });

  test('are none by a set of another size, in which a position may be somebody else', () => {
    const set = toySet([1n, 1n, 1n, 1n]);
    const certificate = right(makeCertificate(set, precommits(set, [0, 1, 2])));
    for (const size of [3, 5])
      expect(votesOfCertificate(toySet(range(size).map(() => 1n)), certificate, CONTEXT.algorithm)).toEqual([]);
  });
});
