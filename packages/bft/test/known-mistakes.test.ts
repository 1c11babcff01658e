import { describe, expect, test } from 'vitest';
import { byzantineThreshold, decision, isQuorum, polkaCertificate, stallThreshold } from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { fullOptions, paperOptions } from './support/world.ts';

// Each of these was found in a published system.
describe.each([
  ['as in the paper', paperOptions],
  ['with both additions', fullOptions],
])('%s', (_title, options) => {
  const node = (self: string | null = 'v1'): TestNode => new TestNode(self, { options });
  const nextRound = (it: TestNode, others: readonly string[] = ['v2', 'v3', 'v4']): void => {
    const { round } = it.round;
    it.precommits(null, round, ...others);
    if (it.round.round === round) it.timeout('precommit');
  };

  test('a lock survives every change of rounds: delaying one message type yields no second majority', () => {
    // v1 locks `a` in round 0 and so do v2 and v3, but all precommits are delayed.
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    for (let round = 0; round < 5; round++) {
      it.precommits(null, round + 1, 'v3', 'v4');
      expect(it.round.locked, `round ${round + 1}`).toEqual({ value: 'a', round: 0 });
    }
    it.proposal('v3', 'b', 5);
    expect(it.votes().filter(({ value }) => value === 'b')).toEqual([]);
  });

  test('a lock binds against a fresh proposal', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    nextRound(it);
    it.proposal('v3', 'b', 1);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 1, value: null });
  });

  test('two thirds of nil prevotes unlock nothing', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    nextRound(it);
    it.timeout('propose');
    it.prevotes(null, 1, 'v2', 'v3', 'v4');
    expect(it.round.locked).toEqual({ value: 'a', round: 0 });
    nextRound(it);
    it.proposal('v4', 'b', 2);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 2, value: null });
  });

  test('a precommit quorum of an earlier round decides', () => {
    const it = node();
    it.proposal('v2', 'a');
    nextRound(it, ['v3', 'v4']);
    it.precommits(null, 1, 'v3', 'v4');
    expect(it.round.round).toBe(1);
    const votes = new TestNode('v4');
    votes.precommits('a', 0, 'v1', 'v2', 'v3');
    const certificate = votes.state.height?.votes.certificate('commit', 1n, 0, 'a');
    if (certificate === null || certificate === undefined) throw new Error('no commit');
    it.give({ _tag: 'CertificateReceived', certificate });
    expect(decision(it.state)).toEqual({ value: 'a', round: 0 });
  });

  test('a precommit quorum of a later round decides without the rounds between', () => {
    const it = node();
    it.give({ _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' });
    it.precommits('a', 7, 'v2', 'v3', 'v4');
    expect(decision(it.state)).toEqual({ value: 'a', round: 7 });
  });

  test('a commit quorum before its block asks for the block and decides when it comes', () => {
    const it = new TestNode('v1', { options }, { judge: () => null });
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    expect(it.all('FetchValue')).toEqual([{ _tag: 'FetchValue', height: 1n, round: 0, value: 'a' }]);
    expect(decision(it.state)).toBeNull();
    it.timeout('propose');
    it.give({ _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' });
    expect(decision(it.state)).toEqual({ value: 'a', round: 0 });
  });

  test('a commit quorum for a block judged invalid halts and never decides', () => {
    const it = node();
    it.proposal('v2', 'invalid');
    const effects = it.precommits('invalid', 0, 'v2', 'v3', 'v4');
    expect(it.all('Halt', effects)).toEqual([
      { _tag: 'Halt', height: 1n, round: 0, value: 'invalid', reason: 'QuorumForInvalidValue' },
    ]);
    expect(it.give({ _tag: 'TimeoutElapsed', kind: 'propose', height: 1n, round: 0 })).toMatchObject([
      { _tag: 'Dropped', reason: 'Halted' },
    ]);
    expect(decision(it.state)).toBeNull();
  });

  test('a full node survives its first proposal, follows and decides without signing', () => {
    for (const self of [null, 'outsider']) {
      const it = node(self);
      it.proposal('v2', 'a');
      it.prevotes('a', 0, 'v2', 'v3', 'v4');
      expect(it.round).toMatchObject({ step: 'precommit', valid: { value: 'a', round: 0 } });
      it.precommits('a', 0, 'v2', 'v3', 'v4');
      expect(decision(it.state)?.value).toBe('a');
      expect([...it.all('SignVote'), ...it.all('SignProposal'), ...it.all('BuildValue')]).toEqual([]);
    }
  });

  test('round 0 is a locked round like any other', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    expect(it.round.locked?.round).toBe(0);
    nextRound(it);
    it.proposal('v3', 'a', 1, 0);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 1, value: 'a', polRound: 0 });
  });

  test('a block checked slowly is voted on in the round it is in by then', () => {
    const it = new TestNode('v1', { options }, { judge: () => null });
    it.proposal('v2', 'a');
    it.precommits(null, 1, 'v2', 'v3');
    it.give({ _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' });
    expect(it.round).toMatchObject({ round: 1, step: 'propose' });
    expect(it.votes()).toEqual([]);
  });

  test('one message of a later round, or of none that is signed by enough, moves no round', () => {
    const it = node();
    it.proposal('v3', 'a', 1);
    it.prevotes('a', 4, 'v4');
    expect(it.round.round).toBe(0);
  });

  test('rounds never run on local timers alone', () => {
    const it = node();
    for (const kind of ['propose', 'prevote', 'precommit', 'precommit'] as const) it.timeout(kind);
    expect(it.round).toMatchObject({ round: 0, step: 'prevote' });
  });

  test('a commit quorum counts no nil votes', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.precommits('a', 0, 'v2', 'v3');
    it.precommits(null, 0, 'v4');
    expect(decision(it.state)).toBeNull();
  });
});

describe('arithmetic', () => {
  test('one quorum formula: any two quorums share more than a third, for every n', () => {
    for (let n = 1n; n <= 200n; n++) {
      const least = byzantineThreshold(n);
      expect([isQuorum(least, n), 3n * least > 2n * n], `n = ${n}`).toEqual([true, true]);
      expect([isQuorum(least - 1n, n), 3n * (least - 1n) > 2n * n], `n = ${n}`).toEqual([false, false]);
      expect(3n * (2n * least - n) > n, `n = ${n}`).toBe(true);
    }
  });

  test('the blocking size is n − ⌊2n/3⌋', () => {
    expect([1, 2, 3, 4, 6, 7, 9, 10, 100].map(stallThreshold)).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 34]);
  });
});

describe('with addition (a)', () => {
  test('the valid round is tracked for earlier rounds too', () => {
    const it = new TestNode('v3');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2');
    it.precommits(null, 0, 'v1', 'v2', 'v4');
    it.timeout('precommit');
    expect(it.round.round).toBe(1);
    it.prevotes('a', 0, 'v4');
    expect(it.round).toMatchObject({ locked: null, valid: { value: 'a', round: 0 } });
    expect(polkaCertificate(it.state, 0, 'a')?.votes.map(({ vote }) => vote.voter)).toEqual(['v2', 'v3', 'v4']);
  });
});

describe('with addition (b)', () => {
  test('a prevote step that can no longer succeed does not wait out its timeout', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('b', 0, 'v2');
    it.prevotes(null, 0, 'v3');
    expect(it.round.step).toBe('precommit');
    expect(it.votes().at(-1)).toMatchObject({ kind: 'precommit', value: null });
  });

  test('a prevote step that can still succeed goes on', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2');
    it.prevotes(null, 0, 'v3');
    expect(it.round.step).toBe('prevote');
  });

  test('a prevote step in which nil alone can still reach a quorum goes on', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes(null, 0, 'v2', 'v3');
    expect(it.round.step).toBe('prevote');
    it.prevotes(null, 0, 'v4');
    expect(it.votes().at(-1)).toMatchObject({ kind: 'precommit', value: null });
  });

  test('a round that can no longer decide ends at once', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    it.precommits(null, 0, 'v2', 'v3');
    expect(it.round.round).toBe(1);
    expect(it.round.locked).toEqual({ value: 'a', round: 0 });
  });

  test('it cannot be had without (a)', () => {
    expect(() => new TestNode('v1', { options: { raiseValidOnOldPolka: false, endStepEarly: true } })).toThrow(
      'raiseValidOnOldPolka',
    );
  });
});
