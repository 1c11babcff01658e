import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, cancelByProposer, castVote, clearBallots, type GovernanceState } from '@zhtp/dao';
import { taggedHash } from '@zhtp/crypto';
import type { Hash } from '@zhtp/types';
import { HexMap } from '../src/hex-map.ts';
import { after, block, chain, DAY, person, range, refusalOf, request, right } from './support.ts';

const VOTERS = 25;

/** A state in which everybody has voted on a proposal or, every fifth, handed the vote on. */
const voted = (): { readonly state: GovernanceState; readonly id: Hash } => {
  const weights = Object.fromEntries(['proposer', ...range(VOTERS).map(String)].map((name) => [name, 10n]));
  const { engine } = chain(weights);
  const id = right(engine.createDaoProposal(request()));
  let state = engine.state();
  for (const n of range(VOTERS)) {
    const voteChoice =
      n % 5 === 4 ? ({ _tag: 'Delegate', identity: person(String(n - 1)) } as const) : ({ _tag: 'Yes' } as const);
    state = right(castVote(state, { voter: person(String(n)), proposalId: id, voteChoice, at: block(2n) })).state;
  }
  return { state, id };
};

const ballotsIn = ({ open, ended }: GovernanceState): number =>
  [...open.values(), ...ended.values()].reduce(
    (sum, { ballots }) => sum + ballots.live.size + ballots.delegated.size,
    0,
  );

describe('ballots of a vote that is over', () => {
  const { state, id } = voted();
  const cast = ballotsIn(state);
  const closed = right(advance(state, after(block(1n), 7n * DAY))).state;
  const record = closed.open.get(id) ?? expect.fail('it passed');

  test('stay at first, and count no more', () => {
    expect(cast).toBe(VOTERS + 5);
    expect(ballotsIn(closed)).toBe(cast);
    expect(closed.clearing).toEqual([id]);
    expect(record.proposal.voteTally).toEqual(state.open.get(id)?.ballots.tally);
    expect(record.ballots.tally.totalVotes).toBe(0n);
    const vote = { voter: person('0'), proposalId: id, at: closed.at };
    expect(refusalOf(castVote(closed, { ...vote, voteChoice: { _tag: 'No' } }))).toMatch(/voting|Passed|closed|over/i);
  });

  test.each([1, 7, cast - 1, cast, cast + 1])('go %i at a time, in the same order everywhere', (atMost) => {
    let left = closed;
    for (let gone = 0; gone < cast; gone += atMost) {
      expect(ballotsIn(left)).toBe(cast - gone);
      expect(left.clearing).toEqual([id]);
      left = clearBallots(left, atMost);
    }
    expect(ballotsIn(left)).toBe(0);
    expect(left.clearing).toEqual([]);
    expect(clearBallots(left, atMost)).toBe(left);
    expect({ ...left, open: undefined, ended: undefined }).toEqual({
      ...closed,
      clearing: [],
      open: undefined,
      ended: undefined,
    });
  });

  test('go for a proposal that was taken back, and not while it is open', () => {
    expect(clearBallots(state, 5)).toBe(state);
    const back = right(cancelByProposer(state, { proposalId: id, proposer: person('proposer'), at: block(3n) })).state;
    expect(back.clearing).toEqual([id]);
    expect(ballotsIn(clearBallots(back, 5))).toBe(cast - 5);
    expect(clearBallots(closed, 0).clearing).toEqual([id]);
  });

  test('are nobody’s votes any more in the documented engine, which forgets them at once', () => {
    const { engine } = chain();
    const proposalId = right(engine.createDaoProposal(request()));
    right(engine.castDaoVote({ voter: person('a'), proposalId, voteChoice: { _tag: 'Yes' }, at: block(2n) }));
    expect(engine.getVote(proposalId, person('a'))._tag).toBe('Some');
    right(engine.processExpiredProposals(after(block(1n), 7n * DAY)));
    expect(engine.getVote(proposalId, person('a'))._tag).toBe('None');
    expect(engine.nextVoteRevision(proposalId, person('a'))).toBe(0n);
    expect(ballotsIn(engine.state())).toBe(0);
  });
});

test('a proposal among the last thousand is not forgotten before its ballots are', () => {
  const { state, id } = voted();
  let next = right(cancelByProposer(state, { proposalId: id, proposer: person('proposer'), at: block(3n) })).state;
  const record = next.ended.get(id) ?? expect.fail();
  const others = range(1_000).map((n) => taggedHash('test/other', Uint8Array.of(n >> 8, n)));
  next = {
    ...next,
    ended: others.reduce(
      (ended, each) => ended.with(each, { ...record, proposal: { ...record.proposal, id: each } }),
      next.ended,
    ),
    endedOrder: [id, ...others],
  };
  const { engine } = chain();
  const one = right(engine.createDaoProposal(request({ title: 'Another' })));
  const open = engine.state().open.get(one) ?? expect.fail();
  next = { ...next, open: HexMap.empty<typeof one, typeof open>().with(one, open), escrow: next.escrow + open.deposit };
  const ended = right(cancelByProposer(next, { proposalId: one, proposer: person('proposer'), at: block(3n) })).state;
  expect(ended.endedOrder.length).toBe(1_000);
  expect(ended.endedOrder[0]).toBe(id);
  expect(ended.ended.has(id)).toBe(true);
  expect(ended.ended.size).toBe(1_000);
  expect(ended.endedOrder.at(-1)).toBe(one);
});

test('HexMap.withoutFirst leaves what slicing the entries leaves', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 500 })), fc.nat(60), (numbers, count) => {
      const all = HexMap.of(numbers.map((n): [string, number] => [person(n), n]));
      const left = all.withoutFirst(count);
      expect([...left]).toEqual([...all].slice(count));
      expect(left.size).toBe(Math.max(0, all.size - count));
    }),
  );
});
