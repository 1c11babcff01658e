import { option as O } from 'fp-ts';
import type { ConsensusVote } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import { createPolkaIntake } from '../../src/intake/polka-intake.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createVoteIntake } from '../../src/intake/vote-intake.ts';
import { payloadOf, signedVote, type SignedVoteContent } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed } from '../support/votes.ts';

const intake = (height = 1n) => {
  const base = verifyingContext(height);
  const polkas = createPolkaIntake(
    base.ctx,
    createVoteIntake(base.ctx, createAttestations(base.ctx), createVoteExtensions(base.ctx)),
  );
  const sender = base.peer('sender');
  const receive = (votes: readonly ConsensusVote[], from = sender): void => {
    polkas.receive(from, votes, payloadOf({ _tag: 'Polka', votes }));
  };
  return { ...base, polkas, receive };
};

const polka = (names: readonly string[] = ['v0', 'v1', 'v2'], change: SignedVoteContent = {}) =>
  names.map((name) => signedVote(name, change));

describe('a polka certificate', () => {
  test('is verified whole before it is journaled and obeyed', () => {
    const { receive, verify, posted, verifications } = intake();
    receive(polka());
    expect(posted).toEqual([]);
    verify();
    expect(posted.map(({ entry }) => entry?._tag)).toEqual(['Received']);
    expect(posted.map(({ input }) => input)).toMatchObject([
      { _tag: 'CertificateReceived', certificate: { kind: 'polka', round: 0, value: hashNamed('block') } },
    ]);
    expect(verifications()).toBe(3);
  });

  test('that is known is dropped unverified, whoever signed this copy', () => {
    const { receive, verify, verifications, counted, peer } = intake();
    receive(polka());
    verify();
    receive(polka(['v1', 'v2', 'v3']), peer('other'));
    expect([verifications(), counted()]).toEqual([3, { duplicateCertificate: 1 }]);
  });

  test('under verification is verified for two peers at once, and once for each', () => {
    const { receive, verify, verifications, posted, counted, peer } = intake();
    const copy = polka();
    for (const name of ['a', 'a', 'b', 'c', 'd']) receive(copy, peer(name));
    verify();
    expect([verifications(), posted.length, counted()]).toEqual([6, 1, { duplicateCertificate: 3 }]);
  });

  test('that is forged does not keep out the true one', () => {
    const { receive, verify, posted, peer, reports } = intake();
    receive(polka(undefined, { key: 'v9' }), peer('mallory'));
    receive(polka());
    verify();
    expect([posted.length, reports]).toEqual([1, ['mallory: bad-certificate']]);
  });

  test('of another round or block is another one', () => {
    const { receive, verify, posted } = intake();
    receive(polka());
    receive(polka(undefined, { round: 1 }));
    receive(polka(undefined, { proposalId: O.some(hashNamed('other')) }));
    verify();
    expect(posted).toHaveLength(3);
  });

  test('of any round of the height is taken, of another height dropped and nobody’s fault', () => {
    const { receive, verify, posted, counted, reports } = intake(5n);
    for (const height of [4n, 5n, 6n, 7n]) receive(polka(undefined, { height, round: 4_000_000_000 }));
    verify();
    expect([posted.length, counted(), reports]).toEqual([1, { oldHeight: 1, futureHeight: 2 }, []]);
  });

  test('is taken anew at the next height', () => {
    const { receive, verify, polkas, moveTo, posted } = intake();
    receive(polka());
    verify();
    moveTo(2n);
    polkas.reset();
    receive(polka(undefined, { height: 2n }));
    verify();
    expect(posted).toHaveLength(2);
  });
});

describe('what is no polka is scored without a verification', () => {
  const [v0, v1, v2] = ['v0', 'v1', 'v2'].map((name) => signedVote(name));
  if (v0 === undefined || v1 === undefined || v2 === undefined) throw new Error('three votes');
  test.each<readonly [string, readonly ConsensusVote[]]>([
    ['no votes', []],
    ['two of four', [v0, v1]],
    ['one signer twice', [v0, v1, v1]],
    ['a quorum, one of them twice', [v0, v1, v2, v2]],
    ['a stranger among them', [v0, v1, v2, signedVote('stranger')]],
    ['a stranger for the third', [v0, v1, signedVote('stranger')]],
    ['votes for nil', polka(undefined, { proposalId: O.none })],
    ['one for nil', [v0, v1, v2, signedVote('v3', { proposalId: O.none })]],
    ['one for another block', [v0, v1, v2, signedVote('v3', { proposalId: O.some(hashNamed('other')) })]],
    ['one of another round', [v0, v1, v2, signedVote('v3', { round: 1 })]],
    ['one of another height', [v0, v1, v2, signedVote('v3', { height: 2n })]],
    ['precommits', polka(undefined, { voteType: 'PreCommit' })],
    ['one precommit', [v0, v1, v2, signedVote('v3', { voteType: 'PreCommit' })]],
    ['one Against', [v0, v1, v2, signedVote('v3', { voteType: 'Against' })]],
    ['an id that is not the content’s', [v0, v1, { ...v2, id: hashNamed('x') }]],
  ])('%s', (_name, votes) => {
    const { receive, verify, verifications, posted, counted, reports } = intake();
    receive(votes);
    verify();
    expect([verifications(), posted, counted(), reports]).toEqual([
      0,
      [],
      { badCertificate: 1 },
      ['sender: bad-certificate'],
    ]);
  });

  test('one bad signature voids the whole', () => {
    const { receive, verify, posted, reports } = intake();
    receive([v0, v1, v2, signedVote('v3', { key: 'v0' })]);
    verify();
    expect([posted, reports]).toEqual([[], ['sender: bad-certificate']]);
  });
});
