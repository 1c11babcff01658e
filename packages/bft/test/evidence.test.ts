import { describe, expect, test } from 'vitest';
import { votingSet, type EvidenceFound, type SignedVote } from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { precommit, prevote, proposal, signVote, type Signed } from './support/world.ts';

const node = (): TestNode => new TestNode('v1');

const hear = (it: TestNode, ...votes: readonly SignedVote<Signed>[]): readonly EvidenceFound<Signed, Signed>[] =>
  it
    .all('Evidence', it.give(...votes.map((vote) => ({ _tag: 'VoteReceived', vote }) as const)))
    .map(({ evidence }) => evidence);

describe('equivocation', () => {
  test.each([
    ['two values', prevote('v2', 'a'), prevote('v2', 'b')],
    ['a value and nil', precommit('v2', 'a'), precommit('v2', null)],
    ['a value and a refusal of it', prevote('v2', 'a'), prevote('v2', null, 0, { against: 'a' })],
    ['two refusals', prevote('v2', null, 0, { against: 'a' }), prevote('v2', null, 0, { against: 'b' })],
    ['two claims about one value', prevote('v2', 'a', 2, { polRound: 0 }), prevote('v2', 'a', 2, { polRound: 1 })],
  ])('%s in one slot', (_title, first, second) => {
    expect(hear(node(), first, second)).toEqual([{ _tag: 'Equivocation', first, second }]);
  });

  test('is reported once per slot', () => {
    const it = node();
    expect(hear(it, prevote('v2', 'a'), prevote('v2', 'b'), prevote('v2', 'c'), prevote('v2', 'b'))).toHaveLength(1);
    expect(hear(it, precommit('v2', 'a'), precommit('v2', 'b'))).toHaveLength(1);
  });

  test('the first vote goes on counting', () => {
    const it = node();
    hear(it, prevote('v2', 'a'), prevote('v2', 'b'), prevote('v3', 'b'), prevote('v4', 'b'));
    expect(it.state.height?.votes.quorumValues('prevote', 0)).toEqual([]);
    hear(it, prevote('v1', 'b'));
    expect(it.state.height?.votes.quorumValues('prevote', 0)).toEqual(['b']);
  });

  test('two signatures under one content are no evidence', () => {
    const again = signVote(prevote('v2', 'a').vote, 'another signature');
    expect(hear(node(), prevote('v2', 'a'), again)).toEqual([]);
  });

  test('shows in a certificate that holds a vote the tally did not count', () => {
    const it = node();
    hear(it, prevote('v2', 'b'));
    const votes = ['v2', 'v3', 'v4'].map((voter) => prevote(voter, 'a'));
    const effects = it.give({
      _tag: 'CertificateReceived',
      certificate: { kind: 'polka', height: 1n, round: 0, value: 'a', votes },
    });
    expect(it.all('Evidence', effects)).toMatchObject([
      { evidence: { _tag: 'Equivocation', first: { vote: { value: 'b' } }, second: { vote: { value: 'a' } } } },
    ]);
  });
});

describe('two proposals in one round', () => {
  test('are evidence, once, and the first one counts', () => {
    const it = node();
    it.proposal('v2', 'a');
    const found = it.all('Evidence', [...it.proposal('v2', 'b'), ...it.proposal('v2', 'c')]);
    expect(found).toEqual([
      { _tag: 'Evidence', evidence: { _tag: 'TwoProposals', first: proposal('v2', 'a'), second: proposal('v2', 'b') } },
    ]);
    expect(it.votes()).toMatchObject([{ value: 'a' }]);
  });

  test('the second one is still a value that a polka may be about', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.proposal('v2', 'b');
    it.prevotes('b', 0, 'v2', 'v3', 'v4');
    expect(it.round.locked).toEqual({ value: 'b', round: 0 });
  });

  test('another valid round with the same value is another content', () => {
    const it = node();
    it.proposal('v4', 'a', 2, 0);
    expect(it.all('Evidence', it.proposal('v4', 'a', 2, 1))).toHaveLength(1);
  });
});

describe('amnesia', () => {
  test('a prevote for another value that claims no polka since the precommit', () => {
    expect(hear(node(), precommit('v2', 'a', 0), prevote('v2', 'b', 1))).toEqual([
      { _tag: 'Amnesia', precommit: precommit('v2', 'a', 0), prevote: prevote('v2', 'b', 1) },
    ]);
  });

  test('is found in whatever order the two come', () => {
    expect(hear(node(), prevote('v2', 'b', 1), precommit('v2', 'a', 0))).toHaveLength(1);
  });

  test('a claim of an older polka does not excuse it', () => {
    expect(hear(node(), precommit('v2', 'a', 1), prevote('v2', 'b', 2, { polRound: 0 }))).toHaveLength(1);
  });

  test.each([
    ['the same value', [precommit('v2', 'a', 0), prevote('v2', 'a', 1)]],
    [
      'a claim of a polka in the round of the precommit',
      [precommit('v2', 'a', 0), prevote('v2', 'b', 1, { polRound: 0 })],
    ],
    ['the same, heard the other way round', [prevote('v2', 'b', 1, { polRound: 0 }), precommit('v2', 'a', 0)]],
    ['a claim of a later polka', [precommit('v2', 'a', 0), prevote('v2', 'b', 3, { polRound: 2 })]],
    ['a nil prevote', [precommit('v2', 'a', 0), prevote('v2', null, 1)]],
    ['a nil precommit', [precommit('v2', null, 0), prevote('v2', 'b', 1)]],
    ['an earlier prevote', [prevote('v2', 'b', 0), precommit('v2', 'a', 1)]],
    ['a prevote in the same round', [precommit('v2', 'a', 1), prevote('v2', 'b', 1)]],
    ['another validator', [precommit('v2', 'a', 0), prevote('v3', 'b', 1)]],
  ])('%s is none', (_title, votes) => {
    expect(hear(node(), ...votes)).toEqual([]);
  });

  test('is judged against every precommit, not only the latest', () => {
    expect(hear(node(), precommit('v2', 'a', 0), precommit('v2', 'b', 1), prevote('v2', 'b', 2))).toMatchObject([
      { _tag: 'Amnesia', precommit: { vote: { round: 0, value: 'a' } } },
    ]);
  });

  test('convicts a validator once per height', () => {
    expect(hear(node(), precommit('v2', 'a', 0), prevote('v2', 'b', 1), prevote('v2', 'c', 2))).toHaveLength(1);
  });
});

describe('a proposal with Against votes of more than two thirds', () => {
  const against = (voter: string, value = 'bad', round = 0) => prevote(voter, null, round, { against: value });
  const full = (): TestNode => new TestNode(null);

  test('convicts its proposer, with the votes that name it, once', () => {
    const it = full();
    it.proposal('v2', 'bad');
    expect(hear(it, against('v4'), against('v1'))).toEqual([]);
    expect(hear(it, against('v3'))).toEqual([
      {
        _tag: 'InvalidProposal',
        proposal: proposal('v2', 'bad'),
        against: [against('v1'), against('v3'), against('v4')],
      },
    ]);
    expect(hear(it, against('v2'))).toEqual([]);
  });

  test('convicts it as well when the proposal comes last', () => {
    const it = full();
    expect(hear(it, against('v1'), against('v3'), against('v4'))).toEqual([]);
    expect(it.all('Evidence', it.proposal('v2', 'bad'))).toMatchObject([{ evidence: { _tag: 'InvalidProposal' } }]);
    expect(it.all('Evidence', it.proposal('v2', 'bad'))).toEqual([]);
  });

  test('convicts nobody while exactly two thirds, nil or votes against another block are among them', () => {
    const three = votingSet(['v1', 'v2', 'v3'].map((id) => [id, 1n]));
    const exact = new TestNode(null, { validators: three });
    exact.proposal('v2', 'bad');
    expect(hear(exact, against('v1'), against('v3'))).toEqual([]);
    const it = full();
    it.proposal('v2', 'bad');
    expect(hear(it, against('v1'), against('v3'), prevote('v4', null), against('v2', 'worse'))).toEqual([]);
  });

  test('of another round says nothing of this one', () => {
    const it = full();
    it.proposal('v2', 'bad');
    expect(hear(it, against('v1', 'bad', 1), against('v3', 'bad', 1), against('v4', 'bad', 1))).toEqual([]);
  });

  test('counts power, not heads', () => {
    const validators = votingSet([
      ['v1', 5n],
      ['v2', 1n],
      ['v3', 1n],
    ]);
    const it = new TestNode(null, { validators });
    it.proposal('v2', 'bad');
    expect(hear(it, against('v1'))).toMatchObject([{ _tag: 'InvalidProposal', against: [{ vote: { voter: 'v1' } }] }]);
  });
});
