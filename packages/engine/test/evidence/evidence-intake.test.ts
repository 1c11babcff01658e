import { either as E, option as O } from 'fp-ts';
import {
  amnesia,
  BLOCK_EVIDENCE_BYTES_MAX,
  duplicateProposal,
  duplicateVote,
  evidenceIdOf,
  voteSignBytes,
  type EvidenceOfBytes,
} from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import { encode, gossipMessageCodec, type Block, type Evidence } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createEvidenceIntake, POOL_PREFIX } from '../../src/evidence/evidence-intake.ts';
import type { EvidencePoolLimits } from '@zhtp/byzantine';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { peerNamed } from '../support/context.ts';
import { blockAt, stateAt } from '../support/genesis.ts';
import { keyOf } from '../support/keys.ts';
import { decidableAt, GENESIS_HASH, signedProposal, signedVote, type SignedVoteContent } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const gossipBytes = encode(gossipMessageCodec);
const other = (name = 'other') => O.some(hashNamed(name));
const twoVotes = (voter: string, height: bigint, name = 'other', change: SignedVoteContent = {}): Evidence =>
  duplicateVote(
    signedVote(voter, { height, ...change }),
    signedVote(voter, { height, proposalId: other(name), ...change }),
  );

/** A node at height 5 that remembers heights 2 to 4. */
const node = (limits?: EvidencePoolLimits) => {
  const base = verifyingContext(5n);
  const past = createPastHeights(createKeptSets());
  const remember = (height: bigint, evidence: readonly Evidence[] = []): Block => {
    const block = { ...blockAt(height), evidence };
    past.record(stateAt(height - 1n), block, stateAt(height));
    return block;
  };
  for (const height of [2n, 3n, 4n]) remember(height);
  const intake = createEvidenceIntake(base.ctx, past, limits);
  const verdicts: string[] = [];
  const gossipBytesFrom = (payload: Uint8Array, peer = 'p'): void => {
    intake.gossiped({
      topic: 'evidence',
      peer: peerNamed(peer),
      payload,
      judge: (verdict) => verdicts.push(verdict),
    });
  };
  return {
    ...base,
    past,
    remember,
    intake,
    verdicts,
    gossipBytesFrom,
    gossip: (evidence: Evidence, peer?: string) => {
      gossipBytesFrom(gossipBytes({ _tag: 'Evidence', evidence }), peer);
    },
    /** A block of the height in progress is executed, with this evidence, and the next height begins. */
    commit: (evidence: readonly Evidence[]) => {
      const { height } = base.ctx.view();
      const block = remember(height, evidence);
      intake.committed(block);
      base.moveTo(height + 1n);
      intake.heightStarted();
    },
    told: () => base.events.flatMap((event) => (event._tag === 'EvidenceFound' ? [event.evidence] : [])),
  };
};

describe('evidence found here', () => {
  test('is verified, told, gossiped once, stored and offered to a block of a later height', () => {
    const { intake, verify, told, published, rows, commit, verifications } = node();
    const found = twoVotes('v1', 5n);
    intake.accuse(found);
    expect([told(), published, rows.size, intake.forBlock(10_000_000, 256)]).toEqual([[], [], 0, []]);
    verify();
    expect([told(), published, rows.size]).toEqual([[found], [{ _tag: 'Evidence', evidence: found }], 1]);
    // Its own height is still being decided.
    expect(intake.forBlock(10_000_000, 256)).toEqual([]);
    intake.accuse(found);
    expect(verifications()).toBe(2);
    commit([]);
    expect(intake.forBlock(10_000_000, 256)).toEqual([found]);
    expect(intake.forBlock(100, 256)).toEqual([]);
    commit([found]);
    expect([intake.forBlock(10_000_000, 256), rows.size, told(), published.length]).toEqual([[], 0, [found], 1]);
  });

  test('of every kind is', () => {
    const { intake, verify, commit } = node();
    const [first, second] = [signedProposal(decidableAt(5n)), signedProposal({ ...decidableAt(5n), transactions: [] })];
    const kinds = [
      twoVotes('v1', 5n),
      twoVotes('v2', 4n, 'other', { voteType: 'PreCommit' }),
      amnesia(
        signedVote('v3', { height: 5n, voteType: 'PreCommit' }),
        signedVote('v3', { height: 5n, round: 2, proposalId: other() }),
      ),
      duplicateProposal(first, { ...second, ...signedProposal(decidableAt(5n), { round: 0, validRound: 0 }) }),
    ];
    for (const found of kinds) intake.accuse(found);
    verify();
    commit([]);
    expect(
      intake
        .forBlock(10_000_000, 256)
        .map(({ _tag }) => _tag)
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['Amnesia', 'DuplicateProposal', 'DuplicateVote', 'DuplicateVote']);
  });

  test('for whose signatures there was no room is verified again later: the core tells of it once', () => {
    const base = node();
    const { ctx, timers, fireTimers } = base;
    let isFull = true;
    const crowded = createEvidenceIntake(
      {
        ...ctx,
        ports: {
          ...ctx.ports,
          verifier: {
            ...ctx.ports.verifier,
            verifyBatch: (checks, done) => {
              if (isFull) done({ _tag: 'Dropped' });
              else ctx.ports.verifier.verifyBatch(checks, done);
            },
          },
        },
      },
      base.past,
    );
    crowded.accuse(twoVotes('v1', 5n));
    expect([timers.size, base.told()]).toEqual([1, []]);
    isFull = false;
    fireTimers();
    base.verify();
    expect(base.told()).toHaveLength(1);
  });
});

describe('gossiped evidence', () => {
  test('is passed on once it is verified, and not published again', () => {
    const { gossip, verdicts, verify, told, published, rows } = node();
    gossip(twoVotes('v1', 4n));
    expect(verdicts).toEqual([]);
    verify();
    expect([verdicts, told().length, published, rows.size]).toEqual([['accept'], 1, [], 1]);
  });

  test('that is known is dropped before anybody looks at its signatures, whoever signed it again', () => {
    const { gossip, verdicts, verify, verifications, counted } = node();
    gossip(twoVotes('v1', 4n));
    verify();
    const asked = verifications();
    gossip(twoVotes('v1', 4n, 'other', { key: 'v2' }));
    expect([verdicts, verifications(), counted()]).toMatchObject([['accept', 'ignore'], asked, { evidenceKnown: 1 }]);
  });

  test('that is in a block is dropped as well', () => {
    const { gossip, verdicts, verifications, commit, told, rows } = node();
    const found = twoVotes('v1', 4n);
    commit([found]);
    gossip(found);
    expect([verdicts, verifications(), told(), rows.size]).toEqual([['ignore'], 0, [found], 0]);
  });

  test('that a forged copy came before is taken all the same', () => {
    const { gossip, verdicts, verify } = node();
    gossip(twoVotes('v1', 4n, 'other', { key: 'v2' }), 'liar');
    gossip(twoVotes('v1', 4n), 'friend');
    verify();
    expect(verdicts).toEqual(['reject', 'accept']);
  });

  test.each([
    ['with a signature that is not theirs', () => twoVotes('v1', 4n, 'other', { key: 'v2' })],
    ['of another chain', () => twoVotes('v1', 4n, 'other', { genesisHash: hashNamed('elsewhere') })],
    ['of somebody who was not in the set', () => twoVotes('stranger', 4n)],
    ['of two signatures under one content', () => twoVotes('v1', 4n, 'block')],
    ['of two slots', () => duplicateVote(signedVote('v1', { height: 4n }), signedVote('v1', { height: 3n }))],
    [
      'of two validators',
      () => duplicateVote(signedVote('v1', { height: 4n }), signedVote('v2', { height: 4n, proposalId: other() })),
    ],
  ])('%s is rejected and scored', (_title, make) => {
    const { gossip, verdicts, verify, told, rows, counted } = node();
    gossip(make());
    verify();
    expect([verdicts, told(), rows.size, counted()]).toMatchObject([['reject'], [], 0, { evidenceRefused: 1 }]);
  });

  test('that does not decode, is something else or too long is rejected', () => {
    const { gossipBytesFrom, verdicts, counted } = node();
    gossipBytesFrom(Uint8Array.of(1, 2, 3));
    gossipBytesFrom(gossipBytes({ _tag: 'Transactions', transactions: [] }));
    gossipBytesFrom(new Uint8Array(BLOCK_EVIDENCE_BYTES_MAX + 17));
    expect([verdicts, counted()]).toMatchObject([['reject', 'reject', 'reject'], { undecodable: 3 }]);
  });

  test.each([
    ['one below what is remembered', 1n, 'ignore'],
    ['the oldest that is remembered', 2n, 'accept'],
    ['the one in progress', 5n, 'accept'],
    ['the next', 6n, 'accept'],
    ['beyond the next', 7n, 'ignore'],
  ])('of a height, %s: %s is judged %s', (_title, height, verdict) => {
    const { gossip, verdicts, verify } = node();
    gossip(twoVotes('v1', height));
    verify();
    expect(verdicts).toEqual([verdict]);
  });

  test('is verified a few pieces of one peer at once, and more of others', () => {
    const { gossip, verdicts, verify, counted } = node();
    for (const name of ['a', 'b', 'c', 'd', 'e']) gossip(twoVotes('v1', 4n, name), 'busy');
    expect([verdicts, counted()]).toMatchObject([['ignore'], { evidenceBusy: 1 }]);
    gossip(twoVotes('v2', 4n), 'other');
    verify();
    expect(verdicts).toEqual(['ignore', 'accept', 'accept', 'accept', 'accept', 'accept']);
    gossip(twoVotes('v1', 4n, 'e'), 'busy');
    verify();
    expect(verdicts.at(-1)).toBe('accept');
  });

  test('for which the pool has no room is not even verified', () => {
    const { gossip, verdicts, verify, verifications, counted } = node({
      piecesMax: 10,
      bytesMax: 1_000_000,
      perAccusedMax: 1,
    });
    gossip(twoVotes('v1', 4n));
    verify();
    const asked = verifications();
    gossip(twoVotes('v1', 4n, 'third'));
    expect([verdicts, verifications(), counted()]).toMatchObject([
      ['accept', 'ignore'],
      asked,
      { evidencePoolFull: 1 },
    ]);
  });

  test('that a block took while it was verified is ignored', () => {
    const { gossip, verdicts, verify, commit, rows, told } = node();
    const found = twoVotes('v1', 4n);
    gossip(found);
    commit([found]);
    verify();
    expect([verdicts, rows.size, told()]).toEqual([['ignore'], 0, [found]]);
  });
});

describe('evidence that waits', () => {
  test('survives a restart, and is not told a second time', () => {
    const { intake, verify, ctx, past, rows, told, commit } = node();
    intake.accuse(twoVotes('v1', 4n));
    intake.accuse(twoVotes('v2', 3n));
    verify();
    const again = createEvidenceIntake(ctx, past);
    again.restore([...rows.values()]);
    expect(again.forBlock(10_000_000, 256)).toEqual(intake.forBlock(10_000_000, 256));
    expect([again.size().pieces, told().length]).toEqual([2, 2]);
    commit([]);
  });

  test('is dropped at a restart when a block took it, or its bytes are damaged', () => {
    const { intake, verify, ctx, past, rows, remember } = node();
    const found = twoVotes('v1', 4n);
    intake.accuse(found);
    verify();
    rows.set('zz', { key: Uint8Array.from([...POOL_PREFIX, 1]), value: Uint8Array.of(7) });
    remember(5n, [found]);
    expect(past.isCommitted(evidenceIdOf(found))).toBe(true);
    const again = createEvidenceIntake(ctx, past);
    again.restore([...rows.values()]);
    expect([again.size().pieces, [...rows.keys()]]).toEqual([0, ['zz']]);
  });

  test('is said again after sixteen heights without a block that took it', () => {
    const { gossip, verify, published, commit } = node();
    gossip(twoVotes('v1', 4n));
    verify();
    for (let height = 5n; height < 31n; height++) commit([]);
    expect(published).toEqual([]);
    commit([]);
    expect(published).toHaveLength(1);
  });

  test('leaves when its height is forgotten', () => {
    const { gossip, verify, intake, rows, past, ctx, counted, moveTo } = node();
    gossip(twoVotes('v1', 4n));
    verify();
    expect(intake.size().pieces).toBe(1);
    const later = { ...stateAt(5n), time: stateAt(5n).time + 10n ** 13n };
    const aged = { ...later, parameters: { ...later.parameters, evidenceAgeMs: 1n } };
    past.record(stateAt(4n), blockAt(5n), aged);
    past.record(stateAt(5n), blockAt(6n), { ...aged, height: 6n });
    moveTo(7n);
    intake.heightStarted();
    expect([past.setAt(4n), intake.size().pieces, rows.size, counted()]).toMatchObject([
      undefined,
      0,
      0,
      { evidenceOutOfAge: 1 },
    ]);
    expect(ctx.isRunning()).toBe(true);
  });

  test('whose row cannot be written waits in memory', () => {
    const base = node();
    const intake = createEvidenceIntake(
      {
        ...base.ctx,
        ports: {
          ...base.ctx.ports,
          chainStates: {
            ...base.ctx.ports.chainStates,
            writeRows: (_rows, done) => {
              done(E.left({ _tag: 'StorageError', message: 'full' }));
            },
          },
        },
      },
      base.past,
    );
    intake.accuse(twoVotes('v1', 4n));
    base.verify();
    expect([intake.size().pieces, base.counted(), base.halts]).toMatchObject([1, { evidenceNotStored: 1 }, []]);
  });
});

describe('signed bytes in what a peer sent', () => {
  /** A vote of a type that does not exist, signed by this validator, or by another in its name. */
  const nonsense = (name: string, key = name): EvidenceOfBytes => {
    const body = voteSignBytes(GENESIS_HASH, signedVote(name, { height: 4n }));
    body[32] = 9;
    const signature = signMessage(keyOf(key), 'zhtp/vote/v1', body);
    return {
      _tag: 'InvalidVote',
      signer: identityNamed(name),
      signed: body.slice(32),
      signature: { algorithm: 'ML-DSA-65', signature, publicKey: O.none },
    };
  };

  test('convict whoever signed them: told, gossiped, stored and offered to the next block', () => {
    const { intake, verify, told, published, rows } = node();
    const found = nonsense('v1');
    intake.suspected(peerNamed('p'), found);
    expect(told()).toEqual([]);
    verify();
    expect([told(), published, rows.size]).toEqual([[found], [{ _tag: 'Evidence', evidence: found }], 1]);
    expect(intake.forBlock(10_000_000, 256)).toEqual([found]);
  });

  test('convict nobody who did not sign them, and leave nothing behind', () => {
    const { intake, verify, told, published, rows, timers } = node();
    intake.suspected(peerNamed('p'), nonsense('v1', 'v2'));
    verify();
    expect([told(), published, rows.size, timers.size]).toEqual([[], [], 0, 0]);
  });

  test('are looked into a few at a time of one peer, and then again', () => {
    const { intake, verify, counted, verifications, told } = node();
    const forged = nonsense('v1', 'v2');
    for (let i = 0; i < 10; i++)
      intake.suspected(peerNamed('p'), { ...forged, signed: Uint8Array.from([...forged.signed, i]) });
    expect(counted()['evidenceBusy']).toBe(6);
    verify();
    expect(verifications()).toBe(4);
    intake.suspected(peerNamed('p'), nonsense('v1'));
    verify();
    expect(told()).toHaveLength(1);
  });
});
