import { option as O } from 'fp-ts';
import { ZERO_HASH, type ConsensusVote } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import { FAR_VOTE_ROUNDS_PER_SECOND } from '../../src/intake/far-round-pace.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createVoteIntake, type VoteOrigin } from '../../src/intake/vote-intake.ts';
import { GENESIS } from '../support/genesis.ts';
import { payloadOf, signedVote, type SignedVoteContent } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const intake = (height = 1n) => {
  const base = verifyingContext(height);
  const votes = createVoteIntake(base.ctx, createAttestations(base.ctx), createVoteExtensions(base.ctx));
  const sender = base.peer('sender');
  const receive = (vote: ConsensusVote, from = sender, origin?: VoteOrigin): void => {
    votes.receive(from, vote, payloadOf({ _tag: 'Vote', vote }), origin);
  };
  const take = (name: string, change: SignedVoteContent = {}, from = sender, origin?: VoteOrigin): void => {
    receive(signedVote(name, change), from, origin);
    base.verify();
  };
  const rounds = (): readonly number[] =>
    base.posted.flatMap(({ input }) => (input._tag === 'VoteReceived' ? [input.vote.vote.round] : []));
  return { ...base, votes, sender, receive, take, rounds };
};

describe('a vote of a validator', () => {
  test('is verified before it is journaled, counted or passed on', () => {
    const { receive, verify, posted, sent, peer, verifications, counted } = intake();
    peer('deaf');
    const vote = signedVote('v0');
    receive(vote);
    expect([posted, sent, verifications()]).toEqual([[], [], 1]);
    verify();
    expect(posted.map(({ entry }) => entry)).toEqual([
      { _tag: 'Received', payload: payloadOf({ _tag: 'Vote', vote }), timely: true },
    ]);
    expect(sent).toEqual([{ peer: 'deaf', message: { _tag: 'Vote', vote } }]);
    expect(counted()).toEqual({ relayed: 1 });
  });

  test.each([
    ['below', 4n, 0],
    ['of the height before, whose set this state does not have', 5n, 0],
    ['of the height in progress', 6n, 1],
    ['of the next height', 7n, 1],
    ['further', 8n, 0],
  ] as const)('%s is taken where a set is known', (_name, height, count) => {
    const { take, rounds } = intake(6n);
    take('v0', { height });
    expect(rounds()).toHaveLength(count);
  });

  test('is passed on to nobody who sent it or hears its author', () => {
    const { take, ctx, peer, sent } = intake();
    peer('author', identityNamed('v0'));
    ctx.peers.hears(peer('hearing'), [identityNamed('v0')]);
    take('v0');
    expect(sent).toEqual([]);
  });
});

describe('a vote is dropped before verification', () => {
  test('when its content is known, whatever signature it comes with', () => {
    const { ctx, take, receive, verifications, counted, peer } = intake();
    const vote = signedVote('v0');
    take('v0');
    receive({ ...vote, signature: { ...vote.signature, signature: Uint8Array.of(1) } }, peer('second'));
    expect([verifications(), counted()]).toEqual([1, { duplicateVote: 1 }]);
    expect(ctx.peers.has(peer('second'), vote.id)).toBe(true);
  });

  test('when the very same vote is being verified; another signature of it is tried', () => {
    const { receive, verify, verifications, posted, peer } = intake();
    const vote = signedVote('v0');
    receive({ ...vote, signature: signedVote('v0', { key: 'v1' }).signature }, peer('mallory'));
    receive(vote);
    receive(vote, peer('third'));
    verify();
    expect([verifications(), posted.length]).toEqual([2, 1]);
  });

  test('when two contents of its slot are in hand: one counts, one convicts', () => {
    const { take, verifications, rounds, counted } = intake();
    for (const name of ['a', 'b', 'c']) take('v0', { proposalId: O.some(hashNamed(name)) });
    expect([verifications(), rounds(), counted()]).toEqual([2, [0, 0], { slotFull: 1 }]);
  });

  test('when its peer has two contents of the slot checked already', () => {
    const { receive, verifications, counted, peer } = intake();
    const contents = ['a', 'b', 'c', 'd'].map((name) => signedVote('v0', { proposalId: O.some(hashNamed(name)) }));
    for (const vote of contents) receive(vote);
    expect([verifications(), counted()]).toEqual([2, { slotFull: 2 }]);
    for (const vote of contents.slice(2)) receive(vote, peer('other'));
    expect(verifications()).toBe(4);
  });

  test('when its voter is not in the set: unknown is no offence', () => {
    const { take, verifications, counted, reports } = intake();
    take('stranger');
    expect([verifications(), counted(), reports]).toEqual([0, { unknownVoter: 1 }, []]);
  });

  test('when it is an attestation, which this chain does not have', () => {
    const { receive, verifications, counted } = intake();
    receive(signedVote('v0', { voteType: 'Commit', appHash: O.some(hashNamed('app')) }));
    expect([verifications(), counted()]).toEqual([0, { attestationIgnored: 1 }]);
  });

  test('but not its precommit when it carries an extension, which this chain does not have either', () => {
    const { receive, verify, rounds, counted } = intake();
    const precommit = signedVote('v0', { voteType: 'PreCommit' });
    receive({ ...precommit, extension: O.some(Uint8Array.of(1)), extensionSignature: O.some(precommit.signature) });
    verify();
    expect([rounds(), counted()]).toEqual([[0], { extensionRefused: 1 }]);
  });
});

describe('what is provably invalid is scored', () => {
  test.each([
    ['by another key', signedVote('v0', { key: 'v1' })],
    ['for another genesis', signedVote('v0', { genesisHash: hashNamed('elsewhere') })],
    [
      'of no bytes',
      { ...signedVote('v0'), signature: { ...signedVote('v0').signature, signature: new Uint8Array(0) } },
    ],
    [
      'of 8 192 bytes',
      { ...signedVote('v0'), signature: { ...signedVote('v0').signature, signature: new Uint8Array(8_192) } },
    ],
  ])('a signature %s', (_name, vote) => {
    const { receive, verify, posted, sent, counted, reports, peer, ctx } = intake();
    peer('deaf');
    receive(vote);
    verify();
    expect([posted, sent, counted(), reports]).toEqual([[], [], { badSignature: 1 }, ['sender: bad-signature']]);
    expect(ctx.view().seen.ofRound(0)).toEqual([]);
  });

  test('a signature that claims another scheme than the chain’s, without a verification', () => {
    const { receive, counted, reports, verifications } = intake();
    const vote = signedVote('v0');
    receive({ ...vote, signature: { ...vote.signature, algorithm: 'ML-DSA-44' } });
    expect([verifications(), counted(), reports]).toEqual([0, { badSignature: 1 }, ['sender: bad-signature']]);
  });

  test('an id that is not derived from the content, of a new vote and of a known one', () => {
    const { ctx, receive, take, counted, reports, verifications, sender } = intake();
    const vote = { ...signedVote('v0'), id: hashNamed('another id') };
    receive(vote);
    expect([verifications(), counted(), reports]).toEqual([0, { wrongVoteId: 1 }, ['sender: undecodable']]);
    take('v0');
    receive(vote);
    expect([verifications(), counted().wrongVoteId, reports.length]).toEqual([1, 2, 2]);
    expect(ctx.peers.has(sender, vote.id)).toBe(false);
  });

  test('a verification given up for lack of room says nothing of anybody, and the vote may come again', () => {
    const { ctx, receive, verify, rounds, reports } = intake();
    const { verifier } = ctx.ports;
    verifier.stop();
    receive(signedVote('v0'));
    verify();
    expect([rounds(), reports]).toEqual([[], []]);
  });
});

describe('rounds far ahead', () => {
  const MANY = 1_000;
  const FREE = 2;

  test('a signer that counts upwards gets so many a second, and costs no more verifications', () => {
    const { take, verifications, rounds, counted, setNow } = intake();
    const attempts = FREE + FAR_VOTE_ROUNDS_PER_SECOND + 20;
    const climb = (from: number): void => {
      for (let i = 0; i < attempts; i++) take('v3', { round: from + i, proposalId: O.none });
    };
    climb(10);
    expect([verifications(), rounds().length, counted().farRoundPace]).toEqual([
      FREE + FAR_VOTE_ROUNDS_PER_SECOND,
      FREE + FAR_VOTE_ROUNDS_PER_SECOND,
      20,
    ]);
    setNow(GENESIS.genesisTime + 1_000n);
    climb(MANY);
    expect(verifications()).toBe(FREE + 2 * FAR_VOTE_ROUNDS_PER_SECOND);
  });

  test('a burst from one peer is checked a few votes at a time', () => {
    const { receive, verify, verifications, counted } = intake();
    for (let i = 0; i < 50; i++) receive(signedVote('v3', { round: 10 + i, proposalId: O.none }));
    verify();
    expect([verifications(), counted().slotFull]).toEqual([8, 42]);
  });

  test('its votes of rounds it is heard in, near and far, pass as before', () => {
    const { take, rounds } = intake();
    for (let round = 10; round < 30; round++) take('v3', { round, proposalId: O.none });
    const last = rounds().at(-1) ?? 0;
    take('v3', { round: last, voteType: 'PreCommit' });
    for (const round of [0, 1]) take('v3', { round });
    expect(rounds().slice(-3)).toEqual([last, 0, 1]);
  });

  test('what others forge in a signer’s name costs the signer nothing', () => {
    const { take, rounds, peer } = intake();
    for (let i = 0; i < 100; i++) take('v0', { round: MANY + i, key: 'v1' }, peer(`mallory ${String(i)}`));
    for (const round of [5, 6, 7]) take('v0', { round });
    expect(rounds()).toEqual([5, 6, 7]);
  });

  test('one signer’s haste is not another’s', () => {
    const { take, rounds } = intake();
    for (let i = 0; i < 20; i++) take('v3', { round: 10 + i, proposalId: O.none });
    const before = rounds().length;
    for (const name of ['v0', 'v1', 'v2']) for (const round of [50, 51, 52]) take(name, { round });
    expect(rounds().length - before).toBe(9);
  });

  test('a node that lags gets the votes it asked for, however hasty their signer was', () => {
    const { take, rounds, sender } = intake();
    for (let i = 0; i < 20; i++) take('v3', { round: 10 + i, proposalId: O.none });
    for (let round = 100; round < 110; round++) take('v3', { round }, sender, 'asked');
    expect(rounds().slice(-10)).toEqual(Array.from({ length: 10 }, (_, i) => 100 + i));
  });
});

test('the checks of a certificate’s votes, or what is wrong with one of them', () => {
  const { votes } = intake();
  const good = ['v0', 'v1', 'v2'].map((name) => signedVote(name));
  const withOne = (vote: ConsensusVote) => votes.checksOf([...good, vote]);
  expect(votes.checksOf(good)).toMatchObject({ _tag: 'Right', right: [{}, {}, {}] });
  expect(withOne(signedVote('stranger'))).toEqual({ _tag: 'Left', left: 'unknownVoter' });
  expect(withOne({ ...signedVote('v3'), id: hashNamed('x') })).toEqual({ _tag: 'Left', left: 'wrongVoteId' });
});

test('a vote for the block with the id of zeros accuses its voter, and counts as any other for what nobody has', () => {
  const { take, accusations, rounds } = intake();
  take('v0', { proposalId: O.some(ZERO_HASH) });
  take('v0', { proposalId: O.some(ZERO_HASH) });
  take('v1');
  expect(accusations).toMatchObject([{ _tag: 'InvalidVote', signer: identityNamed('v0') }]);
  expect(rounds()).toEqual([0, 0]);
});
