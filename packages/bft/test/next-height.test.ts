import { describe, expect, test } from 'vitest';
import { counters, decision, holdsProposal, holdsVote } from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { params, precommit, prevote, proposal } from './support/world.ts';

const next = { height: 2n } as const;
const start = (it: TestNode, height = 2n) => it.give({ _tag: 'StartHeight', params: params('v1', { height }) });

describe('messages of the next height', () => {
  test('wait for it and are fed when it starts', () => {
    const it = new TestNode('v1');
    it.give({ _tag: 'ProposalReceived', proposal: proposal('v2', 'b', 0, null, 2n), timely: true });
    for (const voter of ['v2', 'v3', 'v4']) {
      it.give(
        { _tag: 'VoteReceived', vote: prevote(voter, 'b', 0, next) },
        { _tag: 'VoteReceived', vote: precommit(voter, 'b', 0, next) },
      );
    }
    expect(it.round.height).toBe(1n);
    start(it);
    expect(decision(it.state)).toEqual({ value: 'b', round: 0 });
  });

  test('keep the judgement of the clock that was made when they came', () => {
    const it = new TestNode('v1');
    it.give({ _tag: 'ProposalReceived', proposal: proposal('v2', 'b', 0, null, 2n), timely: false });
    start(it);
    expect(it.votes()).toMatchObject([{ height: 2n, value: null, against: null }]);
  });

  test('are bounded per signer like those of this height', () => {
    const it = new TestNode('v1');
    for (let round = 0; round < 50; round++) it.give({ _tag: 'VoteReceived', vote: prevote('v2', 'b', round, next) });
    expect(it.state.next.drain().votes.map(({ vote }) => vote.round)).toEqual([0, 1, 48, 49]);
    for (let round = 49; round > 1; round--) it.give({ _tag: 'VoteReceived', vote: prevote('v2', 'b', round, next) });
    expect(it.state.next.drain().votes).toHaveLength(2);
    expect(counters(it.state)).toEqual({ FarRoundDisplaced: 46, FarRoundFull: 46 });
  });

  test('name the round that made room for a newer one', () => {
    const it = new TestNode('v1');
    const give = (round: number) =>
      it.give({ _tag: 'ProposalReceived', proposal: proposal('v2', 'b', round, null, 2n), timely: true });
    for (const round of [5, 2, 1, 0]) expect(give(round)).toEqual([]);
    expect(give(7)).toEqual([{ _tag: 'Dropped', reason: 'FarRoundDisplaced', height: 2n, round: 2 }]);
    expect(it.state.next.drain().proposals.map((kept) => kept.proposal.proposal.round)).toEqual([5, 1, 0, 7]);
  });

  test('are kept of 1024 signers, and of those already among them when there are more', () => {
    const it = new TestNode('v1');
    const voters = Array.from({ length: 1_024 }, (_, i) => `w${String(i)}`);
    for (const voter of voters) it.give({ _tag: 'VoteReceived', vote: prevote(voter, 'b', 0, next) });
    expect(counters(it.state)).toEqual({});
    it.give({ _tag: 'VoteReceived', vote: prevote('one more', 'b', 0, next) });
    expect(counters(it.state)).toEqual({ NextHeightVoters: 1 });
    it.give({ _tag: 'VoteReceived', vote: precommit('w7', 'b', 0, next) });
    expect(counters(it.state)).toEqual({ NextHeightVoters: 1 });
    expect(it.state.next.drain().votes).toHaveLength(1_025);
  });

  test('in rounds that there are not take no room', () => {
    const it = new TestNode('v1');
    for (const round of [-1, -2, 0.25, 0.5, Number.NaN])
      it.give(
        { _tag: 'VoteReceived', vote: prevote('v2', 'b', round, next) },
        { _tag: 'ProposalReceived', proposal: proposal('v2', 'b', round, null, 2n), timely: true },
      );
    expect(counters(it.state)).toEqual({ MalformedProposal: 5, MalformedVote: 5 });
    expect(it.state.next.drain()).toEqual({ certificates: [], proposals: [], votes: [] });
  });

  test('of certificates, the first commit and the polka of the highest round are kept', () => {
    const it = new TestNode('v1');
    const votes = ['v2', 'v3', 'v4'].map((voter) => prevote(voter, 'b', 0, next));
    const polka = (round: number) => ({ kind: 'polka', height: 2n, round, value: 'b', votes }) as const;
    const commit = (value: string) => ({ kind: 'commit', height: 2n, round: 0, value, votes }) as const;
    for (const certificate of [polka(1), polka(3), polka(3), polka(2), commit('b'), commit('c')])
      it.give({ _tag: 'CertificateReceived', certificate });
    expect(counters(it.state)).toEqual({ DuplicateCertificate: 4 });
    expect(it.state.next.drain().certificates).toMatchObject([{ kind: 'commit', value: 'b' }, { round: 3 }]);
  });

  test('that conflict become evidence when it starts', () => {
    const it = new TestNode('v1');
    for (const value of ['b', 'c', 'd', 'b']) it.give({ _tag: 'VoteReceived', vote: prevote('v2', value, 0, next) });
    expect(counters(it.state)).toEqual({ ConflictingVote: 1, DuplicateVote: 1 });
    expect(it.all('Evidence', start(it))).toMatchObject([
      { evidence: { _tag: 'Equivocation', first: { vote: { value: 'b' } }, second: { vote: { value: 'c' } } } },
    ]);
  });

  test('certificates among them are obeyed first', () => {
    const it = new TestNode('v1');
    const votes = ['v2', 'v3', 'v4'].map((voter) => precommit(voter, 'b', 3, next));
    it.give({ _tag: 'CertificateReceived', certificate: { kind: 'commit', height: 2n, round: 3, value: 'b', votes } });
    start(it);
    expect(decision(it.state)).toEqual({ value: 'b', round: 3 });
  });

  test('are discarded and counted when another height starts', () => {
    const it = new TestNode('v1');
    it.give({ _tag: 'VoteReceived', vote: prevote('v2', 'b', 0, next) });
    start(it, 5n);
    expect(counters(it.state)).toEqual({ NextHeightDiscarded: 1 });
    expect(it.state.next.drain().votes).toEqual([]);
  });

  test('are known before their signatures are verified again', () => {
    const it = new TestNode('v1');
    const early = { vote: prevote('v2', 'b', 0, next), proposal: proposal('v2', 'b', 0, null, 2n) };
    expect([holdsVote(it.state, early.vote), holdsProposal(it.state, early.proposal)]).toEqual([false, false]);
    it.give(
      { _tag: 'VoteReceived', vote: early.vote },
      { _tag: 'ProposalReceived', proposal: early.proposal, timely: true },
    );
    expect([holdsVote(it.state, early.vote), holdsProposal(it.state, early.proposal)]).toEqual([true, true]);
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2');
    expect([
      holdsVote(it.state, prevote('v2', 'a')),
      holdsVote(it.state, prevote('v2', 'x')),
      holdsProposal(it.state, proposal('v2', 'a')),
    ]).toEqual([true, false, true]);
    expect(holdsProposal(it.state, proposal('v2', 'x'))).toBe(false);
  });
});

test('answers, timeouts and own messages of another height have no effect', () => {
  const it = new TestNode('v1');
  const dropped = it.all(
    'Dropped',
    it.give(
      { _tag: 'ValueJudged', height: 2n, value: 'a', verdict: 'valid' },
      { _tag: 'ValueBuilt', height: 2n, round: 0, value: 'a' },
      { _tag: 'TimeoutElapsed', kind: 'propose', height: 0n, round: 0 },
      { _tag: 'OwnSigned', message: { _tag: 'Vote', vote: prevote('v1', 'a', 0, next) } },
    ),
  );
  expect(dropped.map(({ reason }) => reason)).toEqual(['FutureHeight', 'FutureHeight', 'OldHeight', 'FutureHeight']);
});

test('a new height puts the timeouts of the old one away', () => {
  const it = new TestNode('v1');
  const cancelled = it.all('CancelTimeout', start(it)).filter(({ height }) => height === 1n);
  expect(cancelled.map(({ kind }) => kind)).toEqual(['propose', 'prevote', 'precommit', 'repeat']);
});
