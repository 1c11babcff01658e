import type { DaoVoteChoice, DaoVoteTally, IdentityId } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noBallots, type Ballot } from '@zhtp/dao';
import { castBallot } from '../src/ballots.ts';
import { person, range } from './support.ts';

interface Cast {
  readonly voter: number;
  readonly choice: DaoVoteChoice;
}

const VOTERS = 8;
const weightOf = (voter: number): bigint => BigInt(2 ** voter);

const cast: fc.Arbitrary<Cast> = fc
  .record({
    voter: fc.nat(VOTERS - 1),
    other: fc.nat(VOTERS - 2),
    kind: fc.constantFrom('Yes', 'No', 'Abstain', 'Delegate'),
  })
  .map(({ voter, other, kind }) => ({
    voter,
    choice:
      kind === 'Delegate' ? { _tag: 'Delegate', identity: person(other >= voter ? other + 1 : other) } : { _tag: kind },
  }));

const tallyOf = (casts: readonly Cast[]): DaoVoteTally =>
  casts.reduce(
    (ballots, { voter, choice }) => castBallot(ballots, person(voter), { choice, weight: weightOf(voter) }),
    noBallots<Ballot>(1_000n),
  ).tally;

/** The rule as it is written: last votes, then one level of delegation. */
const recount = (casts: readonly Cast[]): DaoVoteTally => {
  const live = new Map<IdentityId, Cast>(casts.map((one) => [person(one.voter), one]));
  const tally = {
    totalVotes: 0n,
    yesVotes: 0n,
    noVotes: 0n,
    abstainVotes: 0n,
    totalEligiblePower: 1_000n,
    weightedYes: 0n,
    weightedNo: 0n,
    weightedAbstain: 0n,
  };
  for (const { voter, choice } of live.values()) {
    const weight = weightOf(voter);
    const side = choice._tag === 'Delegate' ? live.get(choice.identity)?.choice._tag : choice._tag;
    if (side === 'Yes') tally.weightedYes += weight;
    if (side === 'No') tally.weightedNo += weight;
    if (side === 'Abstain') tally.weightedAbstain += weight;
    if (choice._tag !== 'Delegate') tally.totalVotes += 1n;
    if (choice._tag === 'Yes') tally.yesVotes += 1n;
    if (choice._tag === 'No') tally.noVotes += 1n;
    if (choice._tag === 'Abstain') tally.abstainVotes += 1n;
  }
  return tally;
};

test('the tally kept with every vote is that of a recount', () => {
  fc.assert(
    fc.property(fc.array(cast, { maxLength: 40 }), (casts) => {
      expect(tallyOf(casts)).toEqual(recount(casts));
    }),
    { numRuns: 1_000 },
  );
});

test('the tally does not depend on the order of the voters', () => {
  const once = fc.uniqueArray(cast, { selector: ({ voter }) => voter });
  const twoOrders = once.chain((casts) =>
    fc.tuple(fc.constant(casts), fc.shuffledSubarray(casts, { minLength: casts.length, maxLength: casts.length })),
  );
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      expect(tallyOf(other)).toEqual(tallyOf(one));
    }),
  );
});

describe('delegation', () => {
  const yes = (voter: number): Cast => ({ voter, choice: { _tag: 'Yes' } });
  const to = (voter: number, delegate: number): Cast => ({
    voter,
    choice: { _tag: 'Delegate', identity: person(delegate) },
  });

  test('adds weight, and no head, to what the delegate votes', () => {
    expect(tallyOf([to(1, 0), yes(0)])).toMatchObject({ totalVotes: 1n, yesVotes: 1n, weightedYes: 3n });
  });

  test('to one who stays silent carries nothing', () => {
    expect(tallyOf([to(1, 0)])).toMatchObject({ totalVotes: 0n, weightedYes: 0n });
  });

  test('goes one level: a delegate that itself delegates carries nothing', () => {
    expect(tallyOf([to(2, 1), to(1, 0), yes(0)])).toMatchObject({ totalVotes: 1n, weightedYes: 3n });
  });

  test('ends where the delegator votes', () => {
    expect(tallyOf([to(1, 0), yes(0), { voter: 1, choice: { _tag: 'No' } }])).toMatchObject({
      totalVotes: 2n,
      weightedYes: 1n,
      weightedNo: 2n,
    });
  });

  test('in a circle carries nothing', () => {
    expect(tallyOf([to(0, 1), to(1, 0)])).toMatchObject({ totalVotes: 0n, weightedYes: 0n, weightedNo: 0n });
  });
});

test('a vote changed counts once', () => {
  const changes = range(5).map((): Cast => ({ voter: 3, choice: { _tag: 'No' } }));
  expect(tallyOf([...changes, { voter: 3, choice: { _tag: 'Yes' } }])).toMatchObject({
    totalVotes: 1n,
    yesVotes: 1n,
    noVotes: 0n,
    weightedYes: 8n,
    weightedNo: 0n,
  });
});
