import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counters, decision, type Input, roundState, step, votingSet, initialState, type CoreState } from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { params, precommit, prevote, proposal, signVote, type Signed } from './support/world.ts';

const rounds = (it: TestNode): number => it.state.height?.votes.roundCount() ?? 0;

describe('rounds beyond the next', () => {
  test('each validator keeps its two highest, a newer one displacing the older', () => {
    const it = new TestNode('v1');
    it.prevotes('a', 5, 'v2');
    it.prevotes('a', 9, 'v2');
    it.prevotes('a', 7, 'v2');
    expect(rounds(it)).toBe(2);
    it.prevotes('a', 6, 'v2');
    expect(counters(it.state)).toMatchObject({ FarRoundDisplaced: 1, FarRoundFull: 1 });
    it.prevotes(null, 7, 'v3');
    expect(it.round.round).toBe(7);
  });

  test.each([0, 3])('the round after the current one, %i, is near and takes none of the two places', (current) => {
    const it = new TestNode('v1');
    if (current > 0) it.prevotes(null, current, 'v3', 'v4');
    expect(it.round.round).toBe(current);
    const before = rounds(it);
    it.prevotes('a', current + 3, 'v2');
    it.prevotes('a', current + 2, 'v2');
    it.prevotes('a', current + 1, 'v2');
    expect([rounds(it) - before, counters(it.state)]).toEqual([3, {}]);
    it.prevotes('a', current + 4, 'v2');
    expect([rounds(it) - before, counters(it.state)]).toEqual([3, { FarRoundDisplaced: 1 }]);
    it.prevotes('b', current + 2, 'v2');
    expect([rounds(it) - before, counters(it.state)]).toEqual([3, { FarRoundDisplaced: 1, FarRoundFull: 1 }]);
  });

  test('a far round that has come near leaves its place to a later one', () => {
    const it = new TestNode('v1');
    for (const round of [5, 6]) it.prevotes('a', round, 'v2');
    it.prevotes(null, 4, 'v3', 'v4');
    expect(it.round.round).toBe(4);
    it.prevotes('a', 7, 'v2');
    expect(counters(it.state)).toEqual({});
    it.prevotes('a', 8, 'v2');
    expect(counters(it.state)).toEqual({ FarRoundDisplaced: 1 });
    expect([5, 6, 7, 8].map((round) => it.state.height?.votes.round(round) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test('proposals of the next round take none of the two places either', () => {
    const it = new TestNode('v1', { proposer: () => 'v4' });
    for (const round of [3, 2, 1]) it.proposal('v4', 'a', round);
    expect(counters(it.state)).toEqual({});
    expect([1, 2, 3].map((round) => it.state.height?.proposals.round(round) !== undefined)).toEqual([true, true, true]);
  });

  test('a displaced round no longer counts for the jump', () => {
    const it = new TestNode('v1');
    for (const round of [5, 6, 7]) it.prevotes('a', round, 'v2');
    it.prevotes('a', 5, 'v3');
    expect(it.round.round).toBe(0);
  });

  test('the power of a displaced signer leaves the round, that of the others stays', () => {
    const validators = votingSet(['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7'].map((id) => [id, 1n]));
    const it = new TestNode('v1', { validators });
    it.prevotes('a', 5, 'v3');
    for (const round of [5, 6, 7]) it.prevotes('a', round, 'v2');
    it.prevotes('a', 5, 'v4');
    expect(it.round.round).toBe(0);
    it.prevotes('a', 5, 'v5');
    expect(it.round.round).toBe(5);
  });

  test('a flood by one validator stays in its bounds and moves nobody', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom('a', 'b', null), fc.boolean()), { maxLength: 300 }),
        (flood) => {
          const it = new TestNode('v1');
          for (const [round, value, precommitting] of flood) {
            if (precommitting) it.precommits(value, round, 'v4');
            else it.prevotes(value, round, 'v4');
          }
          expect(rounds(it)).toBeLessThanOrEqual(4);
          expect(it.round.round).toBe(0);
          expect(decision(it.state)).toBeNull();
        },
      ),
    );
  });

  test('proposals share the bound of their signer', () => {
    const it = new TestNode('v1');
    for (const round of [6, 10, 14]) it.proposal('v4', 'a', round);
    expect(rounds(it)).toBe(2);
    expect(it.state.height?.proposals.round(6)).toBeUndefined();
    expect(it.state.height?.proposals.round(14)).toBeDefined();
  });

  test('votes of this height are accepted at any distance: a node that was away needs one jump', () => {
    const it = new TestNode('v1');
    it.prevotes('a', 1_000_000, 'v2', 'v3');
    expect(it.round.round).toBe(1_000_000);
  });
});

describe('what is dropped has a name and a count', () => {
  const vote = (it: TestNode, ...votes: readonly ReturnType<typeof prevote>[]): readonly string[] =>
    it
      .all('Dropped', it.give(...votes.map((signed) => ({ _tag: 'VoteReceived', vote: signed }) as const)))
      .map(({ reason }) => reason);

  test.each([
    ['an older height', [prevote('v2', 'a', 0, { height: 0n })], ['OldHeight']],
    ['a height after the next', [prevote('v2', 'a', 0, { height: 3n })], ['FutureHeight']],
    ['an unknown voter', [prevote('v9', 'a')], ['UnknownVoter']],
    ['a repeated vote', [prevote('v2', 'a'), prevote('v2', 'a')], ['DuplicateVote']],
    ['a third content in one slot', [prevote('v2', 'a'), prevote('v2', 'b'), prevote('v2', 'c')], ['ConflictingVote']],
    ['a negative round', [prevote('v2', 'a', -1)], ['MalformedVote']],
    ['a round that is no whole number', [prevote('v2', 'a', 0.5)], ['MalformedVote']],
    ['a polka round that is not earlier', [prevote('v2', 'a', 1, { polRound: 1 })], ['MalformedVote']],
    ['a polka round on a nil vote', [prevote('v2', null, 1, { polRound: 0 })], ['MalformedVote']],
    ['a polka round on a precommit', [precommit('v2', 'a', 1, { polRound: 0 })], ['MalformedVote']],
    ['a refusal that votes for a value', [prevote('v2', 'a', 0, { against: 'b' })], ['MalformedVote']],
    ['a precommit that refuses', [precommit('v2', null, 0, { against: 'b' })], ['MalformedVote']],
  ])('%s', (_title, votes, reasons) => {
    const it = new TestNode('v1');
    expect(vote(it, ...votes)).toEqual(reasons);
    expect(Object.values(counters(it.state)).reduce((sum, count) => sum + count, 0)).toBe(reasons.length);
  });

  test.each([
    ['by another than the proposer of its round', proposal('v3', 'a'), 'NotProposer'],
    ['with a valid round that is not earlier', proposal('v2', 'a', 0, 0), 'MalformedProposal'],
    ['with a negative valid round', proposal('v3', 'a', 1, -1), 'MalformedProposal'],
  ])('a proposal %s', (_title, signed, reason) => {
    const it = new TestNode('v1');
    expect(it.all('Dropped', it.give({ _tag: 'ProposalReceived', proposal: signed, timely: true }))).toMatchObject([
      { reason },
    ]);
    expect(it.votes()).toEqual([]);
  });

  test('verdicts that nobody asked for are bounded, those asked for are not', () => {
    const it = new TestNode('v1');
    for (let i = 0; i < 20; i++) it.give({ _tag: 'ValueJudged', height: 1n, value: `x${i}`, verdict: 'valid' });
    expect(counters(it.state)).toEqual({ UnaskedVerdicts: 4 });
    it.proposal('v2', 'a');
    expect(it.votes()).toMatchObject([{ value: 'a' }]);
  });

  test('everything before the first height', () => {
    const input: Input<Signed, Signed> = { _tag: 'VoteReceived', vote: prevote('v2', 'a') };
    expect(step(initialState<Signed, Signed>(), input).effects).toMatchObject([
      { _tag: 'Dropped', reason: 'NotStarted' },
    ]);
  });
});

test('a hundred validators decide a height with one vote each: the sums are kept, not recounted', () => {
  const ids = Array.from({ length: 100 }, (_, index) => `v${String(index).padStart(3, '0')}`);
  const validators = votingSet(ids.map((id) => [id, 1n]));
  let state: CoreState<Signed, Signed> = step(initialState<Signed, Signed>(), {
    _tag: 'StartHeight',
    params: params(null, { validators }),
  }).state;
  state = step(state, { _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' }).state;
  ids.forEach((voter, index) => {
    expect(decision(state) === null, `before vote ${index}`).toBe(index < 67);
    state = step(state, { _tag: 'VoteReceived', vote: signVote(precommit(voter, 'a').vote) }).state;
  });
  expect(roundState(state)?.step).toBe('commit');
});
