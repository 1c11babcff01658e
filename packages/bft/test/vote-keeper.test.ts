import fc from 'fast-check';
import { numberedSet, type VoteKind, VoteKeeper, votingSet } from '@zhtp/bft';
import { describe, expect, test } from 'vitest';
import { precommit, prevote } from './support/world.ts';

const powers = fc.array(fc.bigInt({ min: 1n, max: 100n }), { minLength: 1, maxLength: 7 });
const ballots = fc.array(
  fc.tuple(fc.nat(6), fc.constantFrom('a', 'b', null), fc.constantFrom<VoteKind>('prevote', 'precommit')),
  {
    maxLength: 40,
  },
);

describe('a far round', () => {
  const set = numberedSet(votingSet(['w0', 'w1', 'w2', 'w3'].map((id) => [id, 1n] as const)));

  test('has its quorum only while it keeps the votes for it', () => {
    const keeper = new VoteKeeper<string>(set);
    for (const voter of ['w0', 'w1', 'w2']) keeper.add(prevote(voter, 'a', 5), 0);
    expect([keeper.quorumRounds('prevote'), keeper.quorumValues('prevote', 5)]).toEqual([[5], ['a']]);
    for (const round of [6, 7]) keeper.add(prevote('w1', 'a', round), 0);
    expect([keeper.quorumRounds('prevote'), keeper.quorumValues('prevote', 5)]).toEqual([[], []]);
    expect(keeper.certificate('polka', 1n, 5, 'a')).toBeNull();
    keeper.add(prevote('w3', 'a', 5), 0);
    expect(keeper.certificate('polka', 1n, 5, 'a')?.votes.map(({ vote }) => vote.voter)).toEqual(['w0', 'w2', 'w3']);
  });
});

describe('a tally', () => {
  test('counts each validator once, with its first vote, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(powers, ballots, (weights, cast) => {
        const set = numberedSet(votingSet(weights.map((power, index) => [`w${index}`, power] as const)));
        const keeper = new VoteKeeper<string>(set);
        const first = new Map<
          string,
          { readonly kind: VoteKind; readonly value: string | null; readonly power: bigint; readonly voter: number }
        >();
        for (const [voter, value, kind] of cast) {
          const outcome = keeper.add((kind === 'prevote' ? prevote : precommit)(`w${voter}`, value), 0);
          const power = weights[voter];
          const slot = `${kind}${voter}`;
          const known = first.get(slot);
          const expected =
            power === undefined
              ? 'UnknownVoter'
              : known === undefined
                ? 'Counted'
                : known.value === value
                  ? 'Duplicate'
                  : 'Conflict';
          expect(outcome._tag).toBe(expected);
          if (power !== undefined && known === undefined) first.set(slot, { kind, value, power, voter });
        }
        for (const kind of ['prevote', 'precommit'] as const) {
          const counted = [...first.values()].filter((vote) => vote.kind === kind);
          const powerFor = (value: string | null): bigint =>
            counted.reduce((sum, vote) => (vote.value === value ? sum + vote.power : sum), 0n);
          const tally = keeper.round(0)?.tally(kind);
          const majority = (['a', 'b', null] as const).find((value) => 3n * powerFor(value) > 2n * set.totalPower);
          expect(tally?.majority()).toBe(majority);
          expect(tally?.hasQuorumAny() ?? false).toBe(
            3n * (powerFor('a') + powerFor('b') + powerFor(null)) > 2n * set.totalPower,
          );
        }
        const heard = new Map([...first.values()].map(({ voter, power }) => [voter, power]));
        const heardPower = [...heard.values()].reduce((sum, power) => sum + power, 0n);
        expect(keeper.round(0)?.isAboveThird() ?? false).toBe(3n * heardPower > set.totalPower);
      }),
    );
  });
});
