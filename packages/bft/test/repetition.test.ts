import { describe, expect, test } from 'vitest';
import { TestNode } from './support/node.ts';
import { precommit, prevote, proposal } from './support/world.ts';

describe('while a step lasts a node repeats', () => {
  test('its own votes, the current proposal and the polka of its valid value', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    const [repeated] = it.all('Repeat', it.timeout('repeat'));
    expect(repeated?.votes.map(({ vote }) => vote)).toEqual([prevote('v1', 'a').vote, precommit('v1', 'a').vote]);
    expect(repeated?.proposal).toEqual(proposal('v2', 'a'));
    expect(repeated?.certificates).toMatchObject([{ kind: 'polka', round: 0, value: 'a' }]);
  });

  test('in later rounds the precommit that is its lock', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    it.precommits(null, 2, 'v2', 'v3');
    const [repeated] = it.all('Repeat', it.timeout('repeat'));
    expect(repeated?.votes.map(({ vote }) => vote)).toEqual([precommit('v1', 'a', 0).vote]);
    expect(repeated?.proposal).toBeNull();
  });

  test('nothing that its signer refused', () => {
    const it = new TestNode('v1', {}, { signs: false });
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3', 'v4');
    expect(it.round.step).toBe('precommit');
    expect(it.all('Repeat', it.timeout('repeat'))).toMatchObject([{ votes: [] }]);
  });

  test('again and again in one round, and in the next with a timeout of its own', () => {
    const it = new TestNode('v1');
    const effects = it.timeout('repeat');
    expect(it.all('ScheduleTimeout', effects)).toMatchObject([{ kind: 'repeat', round: 0, afterMs: 800 }]);
    it.precommits(null, 2, 'v2', 'v3');
    expect(it.all('Repeat', it.timeout('repeat', 0))).toEqual([]);
    expect(it.all('Repeat', it.timeout('repeat', 2))).toHaveLength(1);
  });

  test('after its decision too, for those who lack its precommit', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    it.precommits('a', 0, 'v2', 'v3');
    expect(it.all('Decide')).toHaveLength(1);
    expect(it.all('Repeat', it.timeout('repeat'))).toMatchObject([
      {
        votes: [{ vote: { kind: 'prevote' } }, { vote: { kind: 'precommit' } }],
        proposal: { proposal: { value: 'a' } },
      },
    ]);
  });

  test('its wish for a missing body', () => {
    const it = new TestNode('v1', {}, { judge: () => null });
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    expect(it.all('FetchValue', it.timeout('repeat'))).toHaveLength(1);
    expect(it.all('FetchValue', it.timeout('propose'))).toEqual([]);
    expect(it.all('FetchValue', it.timeout('repeat'))).toHaveLength(1);
  });
});

describe('a node that hears of later rounds while it repeats', () => {
  test('asks those it heard there for the votes that moved them', () => {
    const it = new TestNode('v1');
    it.prevotes(null, 2, 'v3');
    it.prevotes(null, 3, 'v4');
    expect(it.all('RequestRoundCertificate', it.timeout('repeat'))).toEqual([
      { _tag: 'RequestRoundCertificate', height: 1n, round: 0, from: ['v3', 'v4'] },
    ]);
  });

  test('does not ask itself for what it signed there in a former life', () => {
    const it = new TestNode('v1');
    it.prevotes(null, 3, 'v1');
    expect(it.all('RequestRoundCertificate', it.timeout('repeat'))).toEqual([]);
    it.prevotes(null, 2, 'v4');
    expect(it.all('RequestRoundCertificate', it.timeout('repeat'))).toMatchObject([{ from: ['v4'] }]);
  });

  test('asks nobody when nobody is ahead, or when it has decided', () => {
    const it = new TestNode('v1');
    it.prevotes(null, 0, 'v3');
    expect(it.all('RequestRoundCertificate', it.timeout('repeat'))).toEqual([]);
    it.prevotes(null, 2, 'v4');
    it.proposal('v2', 'a');
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    expect(it.all('RequestRoundCertificate', it.timeout('repeat'))).toEqual([]);
  });
});
