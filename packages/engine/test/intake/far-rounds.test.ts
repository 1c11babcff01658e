import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitRound } from '../../src/intake/far-rounds.ts';

const NEAREST_FAR = 5;

describe('rounds a signer may occupy', () => {
  test('near ones without bound, to the last before the first far one', () => {
    expect(admitRound([6, 7], NEAREST_FAR - 1, NEAREST_FAR)).toEqual({ _tag: 'Admitted' });
    expect(admitRound([6, 7], NEAREST_FAR, NEAREST_FAR)).toEqual({ _tag: 'Refused' });
  });

  test('two far ones, and again the two it has', () => {
    expect(admitRound([], 9, NEAREST_FAR)).toEqual({ _tag: 'Admitted' });
    expect(admitRound([9], 8, NEAREST_FAR)).toEqual({ _tag: 'Admitted' });
    expect(admitRound([8, 9], 8, NEAREST_FAR)).toEqual({ _tag: 'Admitted' });
  });

  test('a higher one displaces the lower of the two, a lower one is refused', () => {
    expect(admitRound([8, 10], 9, NEAREST_FAR)).toEqual({ _tag: 'Displaces', round: 8 });
    expect(admitRound([8, 10], 11, NEAREST_FAR)).toEqual({ _tag: 'Displaces', round: 8 });
    expect(admitRound([8, 10], 7, NEAREST_FAR)).toEqual({ _tag: 'Refused' });
  });

  test('rounds that have come near take no room', () => {
    expect(admitRound([3, 4, 8], 9, NEAREST_FAR)).toEqual({ _tag: 'Admitted' });
  });
});

test('whatever comes in whatever order, a signer ends with its two highest far rounds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 40 }), (rounds) => {
      const held = new Set<number>();
      for (const round of rounds) {
        const place = admitRound(held, round, NEAREST_FAR);
        if (place._tag === 'Displaces') held.delete(place.round);
        if (place._tag !== 'Refused') held.add(round);
      }
      const far = [...new Set(rounds)].filter((round) => round >= NEAREST_FAR).sort((a, b) => a - b);
      expect([...held].filter((round) => round >= NEAREST_FAR).sort((a, b) => a - b)).toEqual(far.slice(-2));
    }),
  );
});
