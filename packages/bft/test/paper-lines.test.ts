import { describe, expect, test } from 'vitest';
import { decision } from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { paperOptions } from './support/world.ts';

// arXiv 1807.04938, Algorithm 1. The proposer of round 0 is v2, of round 1 v3, of round 2 v4, of round 3 v1.
const node = (self: string | null = 'v1'): TestNode => new TestNode(self, { options: paperOptions });

/** Round 0 without a decision: v1 locks `a` there, and everybody goes on to round 1. */
const lockedInRound0 = (self = 'v1'): TestNode => {
  const it = node(self);
  it.proposal('v2', 'a');
  it.prevotes('a', 0, 'v2', 'v3', 'v4');
  it.precommits(null, 0, 'v2', 'v3', 'v4');
  it.timeout('precommit');
  return it;
};

describe('lines 11–21, StartRound', () => {
  test('the proposer without a valid value asks for one and proposes it as fresh', () => {
    const it = node('v2');
    expect(it.all('BuildValue')).toEqual([{ _tag: 'BuildValue', height: 1n, round: 0 }]);
    it.give({ _tag: 'ValueBuilt', height: 1n, round: 0, value: 'a' });
    expect(it.proposals()).toEqual([{ height: 1n, round: 0, value: 'a', validRound: null, proposer: 'v2' }]);
    expect(it.votes()[0]).toMatchObject({ kind: 'prevote', value: 'a' });
  });

  test('the proposer with a valid value proposes that, with its round', () => {
    const it = lockedInRound0('v3');
    expect(it.proposals()).toEqual([{ height: 1n, round: 1, value: 'a', validRound: 0, proposer: 'v3' }]);
    expect(it.all('BuildValue')).toEqual([]);
  });

  test('everybody waits timeoutPropose, the longer the higher the round', () => {
    const it = lockedInRound0();
    const waits = it.all('ScheduleTimeout').filter(({ kind }) => kind === 'propose');
    expect(waits.map(({ round, afterMs }) => [round, afterMs])).toEqual([
      [0, 3000],
      [1, 3500],
    ]);
  });

  test('so does a proposer with a valid value, since its signer may refuse', () => {
    const it = lockedInRound0('v3');
    const waits = it.all('ScheduleTimeout').filter(({ kind, round }) => kind === 'propose' && round === 1);
    expect(waits).toHaveLength(1);
  });

  test('an answer of the application that comes after the proposal, or in another round, is not proposed', () => {
    const it = node('v2');
    it.give(
      { _tag: 'ValueBuilt', height: 1n, round: 0, value: 'a' },
      { _tag: 'ValueBuilt', height: 1n, round: 0, value: 'b' },
    );
    it.give({ _tag: 'ValueBuilt', height: 1n, round: 1, value: 'c' });
    expect(it.proposals()).toHaveLength(1);
  });

  test('an answer for a round it proposed in before is not proposed in the next one of its own', () => {
    const it = node('v2');
    it.prevotes(null, 4, 'v3', 'v4');
    expect(it.all('BuildValue').map(({ round }) => round)).toEqual([0, 4]);
    it.give({ _tag: 'ValueBuilt', height: 1n, round: 0, value: 'a' });
    expect(it.proposals()).toEqual([]);
    it.give({ _tag: 'ValueBuilt', height: 1n, round: 4, value: 'b' });
    expect(it.proposals()).toMatchObject([{ round: 4, value: 'b' }]);
  });
});

describe('lines 22–27, a fresh proposal', () => {
  test('a valid value is prevoted by a node without a lock', () => {
    const it = node();
    it.proposal('v2', 'a');
    expect(it.votes()).toEqual([
      { kind: 'prevote', height: 1n, round: 0, voter: 'v1', value: 'a', against: null, polRound: null },
    ]);
    expect(it.round.step).toBe('prevote');
  });

  test('an invalid value gets a nil prevote that names it', () => {
    const it = node();
    it.proposal('v2', 'invalid');
    expect(it.votes()).toMatchObject([{ value: null, against: 'invalid' }]);
  });

  test('an untimely value gets a plain nil prevote', () => {
    const it = node();
    it.proposal('v2', 'a', 0, null, false);
    expect(it.votes()).toMatchObject([{ value: null, against: null }]);
  });

  test('another value than the locked one gets a plain nil prevote', () => {
    const it = lockedInRound0();
    it.proposal('v3', 'b', 1);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 1, value: null, against: null });
  });

  test('the locked value is prevoted when it comes as a fresh one, with the lock as its polka', () => {
    const it = lockedInRound0();
    it.proposal('v3', 'a', 1);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 1, value: 'a', polRound: 0 });
  });

  test('a value of a later round is checked when that round begins, and not before', () => {
    const it = node();
    expect(it.all('JudgeValue', it.proposal('v4', 'a', 2))).toEqual([]);
    expect(it.all('JudgeValue', it.prevotes(null, 2, 'v2', 'v3'))).toMatchObject([{ round: 2, value: 'a' }]);
  });

  test('a polka of the same round is not claimed as an earlier one', () => {
    const it = node();
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    it.proposal('v2', 'a');
    expect(it.votes()[0]).toMatchObject({ kind: 'prevote', value: 'a', polRound: null });
  });

  test('of several earlier polkas the highest is claimed', () => {
    const it = node();
    for (const round of [0, 2]) it.prevotes('a', round, 'v2', 'v3', 'v4');
    it.prevotes('b', 1, 'v2', 'v3', 'v4');
    it.prevotes(null, 3, 'v3', 'v4');
    it.proposal('v1', 'a', 3);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 3, value: 'a', polRound: 2 });
  });

  test('a value without a verdict is waited for', () => {
    const it = new TestNode('v1', { options: paperOptions }, { judge: () => null });
    it.proposal('v2', 'a');
    expect(it.votes()).toEqual([]);
    expect(it.all('JudgeValue')).toEqual([{ _tag: 'JudgeValue', height: 1n, round: 0, value: 'a', fresh: true }]);
    it.give({ _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' });
    expect(it.votes()).toMatchObject([{ value: 'a' }]);
  });
});

describe('lines 28–33, a value proposed again', () => {
  const inRound1 = (): TestNode => {
    const it = node('v1');
    it.precommits(null, 0, 'v2', 'v3', 'v4');
    it.timeout('precommit');
    return it;
  };

  test('waits for the polka of its valid round, which may come late', () => {
    const it = inRound1();
    it.proposal('v3', 'a', 1, 0);
    expect(it.votes()).toEqual([]);
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    expect(it.votes()).toMatchObject([{ kind: 'prevote', round: 1, value: 'a', polRound: 0 }]);
  });

  test('accepts the polka as a certificate', () => {
    const it = inRound1();
    const other = new TestNode('v4');
    other.prevotes('a', 0, 'v2', 'v3', 'v1');
    it.proposal('v3', 'a', 1, 0);
    const certificate = other.state.height?.votes.certificate('polka', 1n, 0, 'a');
    if (certificate === null || certificate === undefined) throw new Error('no polka');
    it.give({ _tag: 'CertificateReceived', certificate });
    expect(it.votes()).toMatchObject([{ kind: 'prevote', round: 1, value: 'a', polRound: 0 }]);
  });

  test('is not held against the clock', () => {
    const it = inRound1();
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    it.proposal('v3', 'a', 1, 0, false);
    expect(it.votes()).toMatchObject([{ value: 'a' }]);
  });

  test('an invalid one gets a nil prevote that names it', () => {
    const it = inRound1();
    it.proposal('v3', 'invalid', 1, 0);
    expect(it.votes()).toMatchObject([{ value: null, against: 'invalid' }]);
  });

  test('gets nil from a node locked on another value in a later round than its valid round', () => {
    const it = inRound1();
    it.proposal('v3', 'b', 1);
    it.prevotes('b', 1, 'v2', 'v3', 'v4');
    it.precommits(null, 1, 'v2', 'v3', 'v4');
    it.timeout('precommit');
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    it.proposal('v4', 'a', 2, 0);
    expect(it.round.locked).toEqual({ value: 'b', round: 1 });
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 2, value: null, against: null });
  });

  test('gets the vote of a node locked on another value when its valid round is not before the lock', () => {
    const it = lockedInRound0();
    it.prevotes('b', 1, 'v2', 'v3', 'v4');
    it.precommits(null, 1, 'v2', 'v3', 'v4');
    it.timeout('precommit');
    it.proposal('v4', 'b', 2, 1);
    expect(it.votes().at(-1)).toMatchObject({ kind: 'prevote', round: 2, value: 'b', polRound: 1 });
  });
});

describe('lines 34–35, prevotes of a quorum', () => {
  test('schedule timeoutPrevote, once', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2');
    it.prevotes(null, 0, 'v3');
    it.prevotes('b', 0, 'v4');
    expect(it.all('ScheduleTimeout').filter(({ kind }) => kind === 'prevote')).toEqual([
      { _tag: 'ScheduleTimeout', kind: 'prevote', height: 1n, round: 0, afterMs: 1000 },
    ]);
  });

  test('do so on entering the prevote step when they were there before', () => {
    const it = node();
    it.prevotes('a', 0, 'v2');
    it.prevotes(null, 0, 'v3', 'v4');
    expect(it.all('ScheduleTimeout').filter(({ kind }) => kind === 'prevote')).toEqual([]);
    it.timeout('propose');
    it.prevotes('a', 0, 'v2');
    expect(it.round.step).toBe('precommit');
  });
});

describe('lines 36–43, a polka for the proposal', () => {
  test('locks, becomes the valid value and is precommitted while prevoting', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    expect(it.round).toMatchObject({
      step: 'precommit',
      locked: { value: 'a', round: 0 },
      valid: { value: 'a', round: 0 },
    });
    expect(it.votes().at(-1)).toMatchObject({ kind: 'precommit', value: 'a' });
  });

  test('only becomes the valid value after precommitting', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes(null, 0, 'v3', 'v4');
    it.timeout('prevote');
    it.prevotes('a', 0, 'v2');
    expect(it.round.locked).toBeNull();
    const other = node();
    other.proposal('v2', 'a');
    other.prevotes('a', 0, 'v2');
    other.prevotes(null, 0, 'v3');
    other.timeout('prevote');
    other.prevotes('a', 0, 'v4');
    expect(other.round).toMatchObject({ step: 'precommit', locked: null, valid: { value: 'a', round: 0 } });
  });

  test('waits for the verdict on its value', () => {
    const it = new TestNode('v1', { options: paperOptions }, { judge: () => null });
    it.proposal('v2', 'a');
    it.timeout('propose');
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    expect(it.round.step).toBe('prevote');
    it.give({ _tag: 'ValueJudged', height: 1n, value: 'a', verdict: 'valid' });
    expect(it.round).toMatchObject({ step: 'precommit', locked: { value: 'a' } });
  });

  test('does nothing before the prevote step', () => {
    const it = node();
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    expect(it.round).toMatchObject({ step: 'propose', locked: null });
  });
});

test('lines 44–46: a polka for nil is precommitted nil and moves no lock', () => {
  const it = lockedInRound0();
  it.timeout('propose');
  it.prevotes(null, 1, 'v2', 'v3');
  expect(it.votes().at(-1)).toMatchObject({ kind: 'precommit', round: 1, value: null });
  expect(it.round.locked).toEqual({ value: 'a', round: 0 });
});

test('lines 47–48: precommits of a quorum schedule timeoutPrecommit in any step, once', () => {
  const it = node();
  it.precommits(null, 0, 'v2', 'v3');
  it.precommits('a', 0, 'v4');
  it.timeout('propose');
  it.precommits(null, 0, 'v1');
  expect(it.all('ScheduleTimeout').filter(({ kind }) => kind === 'precommit')).toEqual([
    { _tag: 'ScheduleTimeout', kind: 'precommit', height: 1n, round: 0, afterMs: 1000 },
  ]);
});

describe('lines 49–54, a precommit quorum', () => {
  test('decides, with a certificate that stands', () => {
    const it = node();
    it.proposal('v2', 'a');
    const effects = it.precommits('a', 0, 'v2', 'v3', 'v4');
    const [decided] = it.all('Decide', effects);
    expect(decided).toMatchObject({ height: 1n, round: 0, value: 'a' });
    expect(decided?.certificate.votes.map(({ vote }) => vote.voter)).toEqual(['v2', 'v3', 'v4']);
    expect(it.round.step).toBe('commit');
  });

  test('decides once, and nothing is signed afterwards', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    const later = it.prevotes('b', 1, 'v2', 'v3', 'v4');
    expect([...it.votes(later), ...it.all('Decide', later)]).toEqual([]);
    expect(decision(it.state)).toEqual({ value: 'a', round: 0 });
  });

  test('the next height starts without lock, valid value or votes', () => {
    const it = lockedInRound0();
    it.precommits('a', 1, 'v2', 'v3', 'v4');
    expect(decision(it.state)?.value).toBe('a');
    const next = new TestNode('v1', { height: 2n, options: paperOptions });
    expect(next.round).toEqual({ height: 2n, round: 0, step: 'propose', locked: null, valid: null });
  });
});

describe('lines 55–56, more than a third of a later round', () => {
  test('moves a node there, whatever kinds of messages they are', () => {
    const it = node();
    it.prevotes('a', 3, 'v2');
    expect(it.round.round).toBe(0);
    it.precommits(null, 3, 'v3');
    expect(it.round).toMatchObject({ round: 3, step: 'propose' });
  });

  test('a proposal counts like a vote', () => {
    const it = node();
    it.proposal('v4', 'a', 2);
    expect(it.round.round).toBe(0);
    it.prevotes(null, 2, 'v2');
    expect(it.round.round).toBe(2);
  });

  test('one validator alone moves nobody, whatever it sends', () => {
    const it = node();
    it.proposal('v4', 'a', 2);
    it.prevotes('a', 2, 'v4');
    it.precommits('a', 2, 'v4');
    it.prevotes('a', 9, 'v4');
    expect(it.round.round).toBe(0);
  });
});

describe('lines 57–67, timeouts', () => {
  test('timeoutPropose: nil prevote, only in its round and step', () => {
    const it = node();
    it.timeout('propose', 1);
    expect(it.votes()).toEqual([]);
    it.timeout('propose', 0);
    expect(it.votes()).toMatchObject([{ kind: 'prevote', value: null, against: null }]);
    it.timeout('propose', 0);
    expect(it.votes()).toHaveLength(1);
  });

  test('timeoutPrevote: nil precommit, only in its step', () => {
    const it = node();
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2');
    it.prevotes(null, 0, 'v3');
    it.timeout('prevote');
    expect(it.votes().at(-1)).toMatchObject({ kind: 'precommit', value: null });
    it.timeout('prevote');
    expect(it.votes()).toHaveLength(2);
  });

  test('timeoutPrecommit: the next round', () => {
    const it = node();
    it.precommits(null, 0, 'v2', 'v3', 'v4');
    it.timeout('precommit');
    expect(it.round).toMatchObject({ round: 1, step: 'propose' });
    it.timeout('precommit', 0);
    expect(it.round.round).toBe(1);
  });
});
