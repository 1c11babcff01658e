import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Certificate,
  certificateFault,
  commitCertificate,
  decision,
  numberedSet,
  polkaCertificate,
  roundCertificate,
  votingSet,
} from '@zhtp/bft';
import { TestNode } from './support/node.ts';
import { paperOptions, precommit, prevote, type Signed } from './support/world.ts';

const polka = (value: string, round: number, ...voters: readonly string[]): Certificate<Signed> => ({
  kind: 'polka',
  height: 1n,
  round,
  value,
  votes: voters.map((voter) => prevote(voter, value, round)),
});

const commit = (value: string, round: number, ...voters: readonly string[]): Certificate<Signed> => ({
  kind: 'commit',
  height: 1n,
  round,
  value,
  votes: voters.map((voter) => precommit(voter, value, round)),
});

const receive = (it: TestNode, certificate: Certificate<Signed>) =>
  it.give({ _tag: 'CertificateReceived', certificate });

describe('a certificate is judged as a whole', () => {
  const set = numberedSet(votingSet(['v1', 'v2', 'v3', 'v4'].map((id) => [id, 1n] as const)));
  const good = commit('a', 0, 'v1', 'v2', 'v3');

  test.each<[string, Certificate<Signed>, string]>([
    ['of another height', { ...good, height: 3n }, 'WrongHeight'],
    [
      'with a vote of another round',
      { ...good, votes: [...good.votes.slice(1), precommit('v4', 'a', 1)] },
      'MixedVotes',
    ],
    ['with a vote for another value', { ...good, votes: [...good.votes.slice(1), precommit('v4', 'b')] }, 'MixedVotes'],
    ['with a nil vote', { ...good, votes: [...good.votes, precommit('v4', null)] }, 'MixedVotes'],
    ['with a vote of another kind', { ...good, votes: [...good.votes.slice(1), prevote('v4', 'a')] }, 'MixedVotes'],
    [
      'with a vote of another height',
      { ...good, votes: [...good.votes.slice(1), precommit('v4', 'a', 0, { height: 2n })] },
      'MixedVotes',
    ],
    ['with a signer outside the set', { ...good, votes: [...good.votes, precommit('v5', 'a')] }, 'UnknownSigner'],
    ['with a signer twice', { ...good, votes: [...good.votes.slice(1), precommit('v3', 'a')] }, 'DuplicateSigner'],
    ['at exactly two thirds or below', { ...good, votes: good.votes.slice(1) }, 'NoQuorum'],
    ['without votes', { ...good, votes: [] }, 'NoQuorum'],
  ])('%s it does not stand', (_title, certificate, fault) => {
    expect(certificateFault(certificate, set, 1n)).toBe(fault);
    const it = new TestNode('v1');
    expect(it.all('Dropped', receive(it, certificate)).length).toBeGreaterThan(0);
    expect(decision(it.state)).toBeNull();
  });

  test('it stands exactly when its signers are a quorum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 50n }), fc.boolean()), { minLength: 1, maxLength: 20 }),
        (members) => {
          const weighted = numberedSet(votingSet(members.map(([power], index) => [`w${index}`, power] as const)));
          const signers = members.flatMap(([power, signs], index) => (signs ? [{ id: `w${index}`, power }] : []));
          const fault = certificateFault(commit('a', 0, ...signers.map(({ id }) => id)), weighted, 1n);
          const power = signers.reduce((sum, signer) => sum + signer.power, 0n);
          expect(fault).toBe(3n * power > 2n * weighted.totalPower ? null : 'NoQuorum');
        },
      ),
    );
  });
});

describe('a certificate is obeyed', () => {
  test('although the tally counted other votes of its signers', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.precommits(null, 0, 'v2');
    receive(it, commit('a', 0, 'v2', 'v3', 'v4'));
    expect(decision(it.state)).toEqual({ value: 'a', round: 0 });
    expect(commitCertificate(it.state)?.votes.map(({ vote }) => vote.voter)).toEqual(['v2', 'v3', 'v4']);
  });

  test('a polka of the current round locks', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes(null, 0, 'v3');
    receive(it, polka('a', 0, 'v2', 'v3', 'v4'));
    expect(it.round).toMatchObject({ step: 'precommit', locked: { value: 'a', round: 0 } });
  });

  test('a polka of a later round moves a node there', () => {
    const it = new TestNode('v1');
    receive(it, polka('a', 3, 'v2', 'v3', 'v4'));
    expect(it.round.round).toBe(3);
  });

  test('even to one in which no vote of its signers is kept, because they were heard in higher rounds', () => {
    const it = new TestNode('v1');
    for (const [voter, round] of [
      ['v2', 10],
      ['v2', 11],
      ['v3', 20],
      ['v3', 21],
      ['v4', 30],
      ['v4', 31],
    ] as const)
      it.prevotes(null, round, voter);
    receive(it, polka('a', 5, 'v2', 'v3', 'v4'));
    expect(it.round.round).toBe(5);
  });

  test('a polka of an earlier round raises the valid value, with addition (a) only', () => {
    for (const [options, valid] of [[undefined, { value: 'a', round: 0 }] as const, [paperOptions, null] as const]) {
      const it = new TestNode('v1', options === undefined ? {} : { options });
      it.proposal('v2', 'a');
      it.precommits(null, 1, 'v2', 'v3');
      receive(it, polka('a', 0, 'v2', 'v3', 'v4'));
      expect(it.round).toMatchObject({ round: 1, locked: null, valid });
    }
  });

  test('a commit of a later round without its block moves the node and asks for the block', () => {
    const it = new TestNode('v1', {}, { judge: () => null });
    const effects = receive(it, commit('a', 2, 'v2', 'v3', 'v4'));
    expect(it.round.round).toBe(2);
    expect(it.all('FetchValue', effects)).toMatchObject([{ round: 2, value: 'a' }]);
  });

  test('two values with a certificate in one round are both kept, a third is dropped', () => {
    const it = new TestNode('v1', {}, { judge: () => null });
    for (const value of ['a', 'b']) receive(it, polka(value, 0, 'v2', 'v3', 'v4'));
    expect(it.all('Dropped').map(({ reason }) => reason)).not.toContain('CertificatesFull');
    receive(it, polka('c', 0, 'v2', 'v3', 'v4'));
    expect(it.all('Dropped').map(({ reason }) => reason)).toContain('CertificatesFull');
    expect(['a', 'b', 'c'].map((value) => polkaCertificate(it.state, 0, value)?.votes.length)).toEqual([
      3,
      3,
      undefined,
    ]);
  });
});

describe('certificates a node gives away', () => {
  test('late precommits join the commit certificate until the next height starts', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    expect(commitCertificate(it.state)?.votes).toHaveLength(3);
    it.precommits('a', 0, 'v1');
    expect(commitCertificate(it.state)?.votes.map(({ vote }) => vote.voter)).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  test('a nil precommit never joins it', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.precommits(null, 0, 'v1');
    it.precommits('a', 0, 'v2', 'v3', 'v4');
    expect(commitCertificate(it.state)?.votes).toHaveLength(3);
  });

  test('whoever has a valid value sends its polka on entering a round', () => {
    const it = new TestNode('v1');
    it.proposal('v2', 'a');
    it.prevotes('a', 0, 'v2', 'v3');
    const effects = it.precommits(null, 1, 'v2', 'v3');
    const sent = it.all('SendCertificate', effects);
    expect(sent).toMatchObject([{ certificate: { kind: 'polka', round: 0, value: 'a' } }]);
    expect(sent[0]?.certificate).toEqual(polkaCertificate(it.state, 0, 'a'));
  });

  test('the round certificate of a node moved by a jump is the votes of its round', () => {
    const it = new TestNode('v1');
    it.prevotes('a', 2, 'v2');
    it.precommits(null, 2, 'v3');
    expect(roundCertificate(it.state).map(({ vote }) => [vote.round, vote.voter])).toEqual([
      [2, 'v2'],
      [2, 'v3'],
    ]);
    const laggard = new TestNode('v4');
    laggard.give(...roundCertificate(it.state).map((vote) => ({ _tag: 'VoteReceived', vote }) as const));
    expect(laggard.round.round).toBe(2);
  });

  test('the round certificate of a node moved by a timeout is the precommits of the round before', () => {
    const it = new TestNode('v1', { options: paperOptions });
    expect(roundCertificate(it.state)).toEqual([]);
    it.precommits(null, 0, 'v2', 'v3', 'v4');
    it.timeout('precommit');
    expect(roundCertificate(it.state).map(({ vote }) => [vote.kind, vote.round])).toEqual(
      Array(3).fill(['precommit', 0]),
    );
  });
});
