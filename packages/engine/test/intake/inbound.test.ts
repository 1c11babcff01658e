import { blockIdOf } from '@zhtp/chain';
import {
  blockCodec,
  encode,
  type Block,
  type CommittedBlock,
  type Evidence,
  type IdentityId,
  type PeerMessage,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import { ANSWERS_OF_FORMER_PROCESS } from '../../src/catch-up/answers-owed.ts';
import { createBlockSync } from '../../src/catch-up/block-sync.ts';
import { createStateServer } from '../../src/catch-up/state-server.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createBodyExchange } from '../../src/catch-up/body-exchange.ts';
import { createDecisionIntake } from '../../src/intake/decision-intake.ts';
import { createHeartbeats } from '../../src/gossip/heartbeats.ts';
import { createInbound } from '../../src/intake/inbound.ts';
import { createPolkaIntake } from '../../src/intake/polka-intake.ts';
import { createProposalIntake } from '../../src/intake/proposal-intake.ts';
import { createRoundExchange } from '../../src/catch-up/round-exchange.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createVoteIntake } from '../../src/intake/vote-intake.ts';
import { initialState } from '@zhtp/bft';
import { blockAt, committedAt, GENESIS } from '../support/genesis.ts';
import { decidableAt, decidedBy, payloadOf, signedProposal, signedVote } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { identityNamed } from '../support/votes.ts';

const inbound = (height = 5n) => {
  const base = verifyingContext(height);
  const { ctx } = base;
  const votes = createVoteIntake(ctx, createAttestations(ctx), createVoteExtensions(ctx));
  const decisions = createDecisionIntake(ctx);
  const bodies = createBodyExchange(ctx, () => undefined);
  const rounds = createRoundExchange(ctx, initialState, votes);
  const sync = createBlockSync(ctx, decisions, createStateServer(ctx, createKeptSets(), createKeptParameters()));
  const suspicions: Evidence[] = [];
  const take = createInbound(ctx, {
    votes,
    decisions,
    bodies,
    rounds,
    sync,
    proposals: createProposalIntake(ctx, bodies.fetch),
    polkas: createPolkaIntake(ctx, votes),
    heartbeats: createHeartbeats(ctx, undefined, () => null),
    evidence: {
      suspected: (_peer, evidence) => {
        suspicions.push(evidence);
      },
    },
  });
  const sender = base.peer('sender');
  const bytes = (payload: Uint8Array, peer = sender): void => {
    take({ peer: peer.id, payload, receivedAtMs: GENESIS.genesisTime });
    base.verify();
  };
  const message = (sent: PeerMessage, peer = sender): void => {
    bytes(payloadOf(sent), peer);
  };
  return { ...base, bodies, rounds, decisions, suspicions, sender, bytes, message };
};

test('bytes that are no message are counted and scored, whatever they are', () => {
  const { bytes, counted, reports } = inbound();
  const vote = payloadOf({ _tag: 'Vote', vote: signedVote('v0') });
  for (const payload of [
    new Uint8Array(0),
    Uint8Array.of(99),
    vote.subarray(1),
    vote.subarray(0, -1),
    Uint8Array.from([...vote, 0]),
  ])
    bytes(payload);
  expect([counted(), reports]).toEqual([{ undecodable: 5 }, Array.from({ length: 5 }, () => 'sender: undecodable')]);
});

test('nothing is taken from a peer that is not connected', () => {
  const { bytes, counted, ctx, peer } = inbound();
  const gone = peer('gone');
  ctx.peers.disconnect(gone.id);
  bytes(Uint8Array.of(99), gone);
  expect(counted()).toEqual({});
});

describe('by its height a message is', () => {
  const vote = (height: bigint): PeerMessage => ({ _tag: 'Vote', vote: signedVote('v0', { height }) });
  const proposal = (height: bigint): PeerMessage => ({ _tag: 'Propose', proposal: signedProposal(blockAt(height)) });

  test.each([
    ['a vote below', vote(3n), { oldHeight: 1 }, 0],
    ['a vote of the height before', vote(4n), { oldHeight: 1 }, 0],
    ['a vote of this height', vote(5n), {}, 1],
    ['a vote of the next height', vote(6n), {}, 1],
    ['a vote further', vote(7n), { futureHeight: 1 }, 0],
    ['a vote at the end of time', vote(2n ** 64n - 1n), { futureHeight: 1 }, 0],
    ['a proposal below', proposal(4n), { oldHeight: 1 }, 0],
    ['a proposal of this height', proposal(5n), {}, 1],
    ['a proposal of the next height', proposal(6n), {}, 1],
    ['a proposal further', proposal(7n), { futureHeight: 1 }, 0],
  ] as const)('%s', (_name, sent, counts, inputs) => {
    const { message, counted, posted, reports } = inbound();
    message(sent);
    expect([counted(), posted.length, reports]).toEqual([counts, inputs, []]);
  });

  test('a claim of the height its author has reached, when the author itself sends it', () => {
    const heads = (author: IdentityId | undefined): bigint => {
      const { message, peer } = inbound();
      const from = peer('validator', author);
      message(vote(9n), from);
      return from.headHeight;
    };
    expect([heads(identityNamed('v0')), heads(identityNamed('v1')), heads(undefined)]).toEqual([8n, 0n, 0n]);
  });
});

const bodyOf = (block: Block): PeerMessage => ({
  _tag: 'BodyChunk',
  blockId: blockIdOf(block.header),
  chunk: 0,
  chunks: 1,
  bytes: encode(blockCodec)(block),
});

describe('an answer that was not asked for', () => {
  const body: PeerMessage = bodyOf(blockAt(5n));
  const round: PeerMessage = { _tag: 'Round', votes: [signedVote('v0', { height: 5n })] };

  test.each([
    ['a piece of a body', body],
    ['a round certificate', round],
  ])('%s: is scored once it cannot be one that a former process asked for, and no longer decoded', (_name, answer) => {
    const { message, bytes, reports } = inbound();
    for (let i = 0; i < ANSWERS_OF_FORMER_PROCESS; i++) message(answer);
    expect(reports).toEqual([]);
    message(answer);
    const damaged = payloadOf(answer).subarray(0, 1);
    bytes(damaged);
    expect(reports).toEqual(['sender: unasked-answer', 'sender: unasked-answer']);
  });

  test('is never what was asked for, however often', () => {
    const { message, reports, rounds, bodies, posted, sender } = inbound();
    for (let i = 0; i < 2 * ANSWERS_OF_FORMER_PROCESS; i++) {
      rounds.request({ _tag: 'RequestRoundCertificate', height: 5n, round: 1, from: [] });
      message(round);
      bodies.fetch(signedProposal(blockAt(5n)).id);
      message(body);
    }
    expect([reports, posted.length, bodies.takeOwed(sender)]).toEqual([[], 1, true]);
  });
});

describe('a decision from a peer', () => {
  const height = 5n;
  const decision = (committed: CommittedBlock): PeerMessage => ({ _tag: 'Decision', committed });

  test('that cannot be one is counted and scored', () => {
    const { message, counted, reports, posted } = inbound();
    message(decision(committedAt(height)));
    expect([posted, counted(), reports]).toEqual([[], { badCertificate: 1 }, ['sender: bad-certificate']]);
  });

  test('of another height is nobody’s fault', () => {
    const { message, reports, posted } = inbound();
    message(decision(decidedBy(['v0', 'v1', 'v2'], decidableAt(4n))));
    expect([posted, reports]).toEqual([[], []]);
  });

  test('that is one reaches the core', () => {
    const { message, reports, posted } = inbound();
    message(decision(decidedBy(['v0', 'v1', 'v2'], decidableAt(height))));
    expect([posted.map(({ input }) => input._tag), reports]).toEqual([['CertificateReceived'], []]);
  });
});

test('who asks for a body gets it, and who says whom it hears is believed', () => {
  const { message, ctx, sender, blocks, sent } = inbound();
  const stored = committedAt(3n);
  blocks.set(3n, stored);
  message({ _tag: 'BodyRequest', height: 3n, blockId: signedProposal(stored.block).id, chunk: 0 });
  message({ _tag: 'Neighbours', validators: [identityNamed('v0')] });
  expect(sent).toEqual([{ peer: 'sender', message: bodyOf(stored.block) }]);
  expect(ctx.peers.deafTo(identityNamed('v0'))).toEqual([]);
  expect(sender.neighbours.length).toBe(1);
});

describe('bytes that are no message', () => {
  const vote = payloadOf({ _tag: 'Vote', vote: signedVote('v0', { height: 5n }) });
  /** After the tag: id, voter, the flag of the proposal and its id. */
  const VOTE_TYPE_AT = 1 + 32 + 32 + 1 + 32;
  const withType = (type: number): Uint8Array => {
    const bytes = vote.slice();
    bytes[VOTE_TYPE_AT] = type;
    return bytes;
  };

  test('and hold a vote of a type that does not exist are looked into: they were signed, or they were not', () => {
    const { bytes, suspicions, reports } = inbound();
    bytes(withType(9));
    expect(suspicions).toMatchObject([{ _tag: 'InvalidVote', signer: identityNamed('v0') }]);
    expect(suspicions[0]?._tag === 'InvalidVote' ? suspicions[0].signed[0] : undefined).toBe(9);
    expect(reports).toEqual(['sender: undecodable']);
  });

  test('and hold a proposal with a valid round that is not earlier are, too', () => {
    const { bytes, suspicions } = inbound();
    const proposal = signedProposal(blockAt(5n), { round: 1, validRound: 0 });
    const right = payloadOf({ _tag: 'Propose', proposal });
    // The last fields: round, the flag of the valid round, the valid round, the protocol version.
    const wrong = right.slice();
    wrong[right.length - 5] = 1;
    bytes(wrong);
    expect(suspicions).toMatchObject([{ _tag: 'InvalidProposalBytes', signer: proposal.proposer }]);
  });

  test('accuse nobody when what was signed in them is in order, whatever surrounds it', () => {
    const { bytes, suspicions } = inbound();
    for (const payload of [
      vote.subarray(0, -1),
      Uint8Array.from([...vote, 0]),
      Uint8Array.of(99),
      new Uint8Array(0),
      payloadOf({ _tag: 'Vote', vote: { ...signedVote('v0', { height: 5n }), timestamp: 0n } }),
    ])
      bytes(payload);
    const later = vote.slice();
    // The constant timestamp is not signed.
    later[VOTE_TYPE_AT + 1 + 8 + 4 + 7] = 1;
    bytes(later);
    expect(suspicions).toEqual([]);
  });
});
