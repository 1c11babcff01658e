import { option as O } from 'fp-ts';
import { blockIdOf, checkBlockLimits, makeBlock, proposalSignBytes, signedProposalOf } from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import { ZERO_HASH, type Block, type ConsensusProposal } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { bodyOfBlock } from '../../src/catch-up/body-reader.ts';
import { createJudging } from '../../src/effects/judging.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createProposalIntake, proposalKey } from '../../src/intake/proposal-intake.ts';
import { blockAt, GENESIS } from '../support/genesis.ts';
import { keyOf } from '../support/keys.ts';
import { GENESIS_HASH, payloadOf, proposerName, signedProposal } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const NOW = GENESIS.genesisTime + 1_000n;

const intake = (height = 1n) => {
  const base = verifyingContext(height);
  const fetched: string[] = [];
  const proposals = createProposalIntake(base.ctx, (id, from) => fetched.push(`${id} ${from.id}`));
  const sender = base.peer('sender');
  const receive = (proposal: ConsensusProposal, receivedAtMs = NOW, from = sender): void => {
    proposals.receive(from, proposal, payloadOf({ _tag: 'Propose', proposal }), receivedAtMs);
  };
  const inputs = (): readonly string[] =>
    base.posted.map(({ input }) =>
      input._tag === 'ProposalReceived'
        ? `${input.proposal.proposal.value} ${input.timely ? 'timely' : 'late'}`
        : input._tag,
    );
  return { ...base, proposals, sender, receive, inputs, fetched };
};

const BLOCK = blockAt(1n);
const ID = blockIdOf(BLOCK.header);
const another = (name: number): Block => blockAt(1n, [Uint8Array.of(name)]);

describe('a proposal of the round’s proposer', () => {
  test('is verified before it is journaled, counted or passed on', () => {
    const { receive, inputs, verify, verifications, sent, peer, ctx, counted } = intake();
    peer('deaf');
    const proposal = signedProposal(BLOCK);
    receive(proposal);
    expect([inputs(), sent, ctx.bodies.get(ID), verifications()]).toEqual([[], [], undefined, 1]);
    verify();
    expect(inputs()).toEqual([`${ID} timely`]);
    expect(sent).toEqual([{ peer: 'deaf', message: { _tag: 'Propose', proposal } }]);
    expect(ctx.bodies.get(ID)?.block).toEqual(BLOCK);
    expect(counted()).toEqual({ relayed: 1 });
  });

  test('is journaled as it came, with the verdict of the clock', () => {
    const { receive, verify, posted } = intake();
    const proposal = signedProposal(BLOCK);
    receive(proposal, NOW + 15_506n);
    verify();
    expect(posted.map(({ entry }) => entry)).toEqual([
      { _tag: 'Received', payload: payloadOf({ _tag: 'Propose', proposal }), timely: false },
    ]);
  });

  test('is timely from its time less the precision to its time, the delay and the precision', () => {
    const verdicts = [-506n, -505n, 15_505n, 15_506n].map((after) => {
      const { receive, verify, inputs } = intake();
      receive(signedProposal(BLOCK), NOW + after);
      verify();
      return inputs().join().slice(65);
    });
    expect(verdicts).toEqual(['late', 'timely', 'timely', 'late']);
  });

  test('that offers an earlier round’s block again is not judged by the clock', () => {
    const { receive, verify, inputs } = intake();
    receive(signedProposal(BLOCK, { round: 1, validRound: 0 }), NOW + 1_000_000n);
    verify();
    expect(inputs()).toEqual([`${ID} timely`]);
  });

  test('of the next height waits for it in the core', () => {
    const { receive, verify, inputs } = intake();
    receive(signedProposal(blockAt(2n)), NOW + 1_000n);
    verify();
    expect(inputs()).toEqual([`${blockIdOf(blockAt(2n).header)} timely`]);
  });
});

describe('a proposal is dropped before verification', () => {
  test('when it is in hand, and whoever sent it is known to have it', () => {
    const { ctx, receive, verify, verifications, counted, peer } = intake();
    const proposal = signedProposal(BLOCK);
    receive(proposal);
    receive(proposal, NOW, peer('second'));
    verify();
    receive(signedProposal(BLOCK), NOW, peer('third'));
    expect([verifications(), counted().duplicateProposal]).toEqual([1, 2]);
    expect(ctx.peers.has(peer('second'), proposalKey(proposal))).toBe(true);
    expect(ctx.peers.has(peer('third'), proposalKey(proposal))).toBe(true);
  });

  test('when two of its round are in hand: two convict, a third proves nothing new', () => {
    const { receive, verify, verifications, inputs, counted } = intake();
    for (const name of [1, 2]) {
      receive(signedProposal(another(name)));
      verify();
    }
    receive(signedProposal(another(3)));
    verify();
    expect([verifications(), inputs().length, counted()]).toEqual([2, 2, { duplicateProposal: 1 }]);
  });

  test('when it is not its round’s proposer’s, in the set or not; nobody is scored', () => {
    const { receive, verifications, reports, counted } = intake();
    const other = proposerName(1n, 1);
    receive(signedProposal(BLOCK, { proposer: other }));
    receive(signedProposal(BLOCK, { proposer: 'stranger' }));
    expect([verifications(), reports, counted()]).toEqual([0, [], { notProposer: 2 }]);
  });

  test('when its height has no set here', () => {
    const { receive, verifications, counted } = intake();
    receive(signedProposal(blockAt(3n)));
    expect([verifications(), counted()]).toEqual([0, { notProposer: 1 }]);
  });

  test('when its signature claims another scheme than the chain’s: scored, for nobody honest passes it on', () => {
    const { receive, verifications, reports, counted } = intake();
    const proposal = signedProposal(BLOCK);
    receive({ ...proposal, signature: { ...proposal.signature, algorithm: 'ML-DSA-44' } });
    expect([verifications(), reports, counted()]).toEqual([0, ['sender: bad-signature'], { badSignature: 1 }]);
  });
});

describe('a signature of a known key that does not verify is scored', () => {
  test.each([
    ['by another key', signedProposal(BLOCK, { key: proposerName(1n, 1) })],
    ['for another genesis', signedProposal(BLOCK, { genesisHash: hashNamed('elsewhere') })],
    ['for another round', { ...signedProposal(BLOCK, { round: 4 }), round: 0 }],
    ['for another valid round', { ...signedProposal(BLOCK, { round: 4, validRound: 2 }), validRound: O.some(1) }],
    [
      'of no bytes',
      { ...signedProposal(BLOCK), signature: { ...signedProposal(BLOCK).signature, signature: new Uint8Array(0) } },
    ],
  ])('%s', (_name, proposal) => {
    const { receive, verify, inputs, reports, counted, ctx } = intake();
    receive(proposal);
    verify();
    expect([inputs(), reports, counted()]).toEqual([[], ['sender: bad-signature'], { badSignature: 1 }]);
    expect([ctx.view().proposals.size, ctx.bodies.get(ID)]).toEqual([0, undefined]);
  });

  test('and the same proposal, rightly signed, is taken afterwards', () => {
    const { receive, verify, inputs } = intake();
    receive(signedProposal(BLOCK, { key: proposerName(1n, 1) }));
    verify();
    receive(signedProposal(BLOCK));
    verify();
    expect(inputs()).toEqual([`${ID} timely`]);
  });
});

describe('a copy that overtakes the proposal does not push it out', () => {
  const proposal = signedProposal(BLOCK);
  test.each([
    ['with a forged signature', signedProposal(BLOCK, { key: proposerName(1n, 1) })],
    ['with other bytes for a body', { ...proposal, blockData: Uint8Array.of(1) }],
  ])('%s', (_name, forged) => {
    const { receive, verify, inputs, peer, reports } = intake();
    receive(forged, NOW, peer('mallory'));
    receive(proposal);
    verify();
    expect([inputs(), reports.length]).toEqual([[`${ID} timely`], 1]);
  });

  test('though only three copies of other peers wait for the one under verification', () => {
    for (const [others, dropped] of [
      [3, {}],
      [4, { duplicateProposal: 1 }],
    ] as const) {
      const { receive, verify, verifications, peer, counted } = intake();
      for (let i = 0; i <= others; i++)
        receive(signedProposal(BLOCK, { key: 'v9' }), NOW, peer(`mallory ${String(i)}`));
      verify();
      expect([verifications(), counted()]).toEqual([4, { badSignature: 4, ...dropped }]);
    }
  });

  test('though one peer’s many copies are one', () => {
    const { receive, verify, verifications, peer, counted } = intake();
    for (let i = 0; i < 100; i++) receive(signedProposal(BLOCK, { key: 'v9' }), NOW, peer('mallory'));
    receive(proposal);
    verify();
    expect([verifications(), counted()]).toMatchObject([2, { duplicateProposal: 99, badSignature: 1 }]);
  });
});

describe('bytes that are not the body of the signed id are their sender’s fault, never the proposer’s', () => {
  const proposal = signedProposal(BLOCK);
  const otherBody = signedProposal({ ...BLOCK, transactions: [Uint8Array.of(1)] }).blockData;
  test.each([
    ['no block', { ...proposal, blockData: Uint8Array.of(1, 2, 3) }],
    ['a block and something behind it', { ...proposal, blockData: Uint8Array.from([...proposal.blockData, 0]) }],
    ['another block', { ...proposal, blockData: signedProposal(another(1)).blockData }],
    ['the header with other transactions', { ...proposal, blockData: otherBody }],
    ['another parent in the envelope', { ...proposal, previousHash: hashNamed('elsewhere') }],
    ['another time in the envelope', { ...proposal, timestamp: proposal.timestamp + 1n }],
  ])('%s', (_name, broken) => {
    const { receive, verify, inputs, reports, counted, sent, peer, ctx } = intake();
    peer('deaf');
    receive(broken);
    verify();
    expect([inputs(), sent, reports, counted()]).toEqual([[], [], ['sender: undecodable'], { badBody: 1 }]);
    expect(ctx.bodies.get(ID)).toBeUndefined();
    // The slot is still free: the true body is judged on its merits.
    receive(proposal);
    verify();
    expect(inputs()).toEqual([`${ID} timely`]);
  });
});

describe('a block that breaks a rule by itself is judged, and voted Against', () => {
  const many = blockAt(
    1n,
    Array.from({ length: GENESIS.parameters.consensus.maxTransactionsPerBlock + 1 }, (_, i) => Uint8Array.of(i & 255)),
  );
  const huge = blockAt(1n, [new Uint8Array(GENESIS.parameters.maxBlockBytes)]);
  const { lastCommit, evidence, proof, transactions, header } = BLOCK;
  const ofAnotherTime = makeBlock({
    ...header,
    lastCommit,
    evidence,
    transactions,
    proof: { ...proof, timestamp: proof.timestamp + 1n },
  });
  test.each([
    ['too many transactions', many, 'transactions'],
    ['too many bytes', huge, 'size'],
    ['a proof of another time', ofAnotherTime, 'proof.timestamp'],
  ])('%s', (_name, block, field) => {
    const { receive, verify, inputs, reports, counted, events, posted, ctx } = intake();
    expect(checkBlockLimits(block, GENESIS.parameters)).toMatchObject({ left: { field } });
    receive(signedProposal(block));
    verify();
    const id = blockIdOf(block.header);
    expect([inputs(), reports, counted()]).toEqual([[`${id} timely`], [], {}]);
    createJudging(ctx, createPastHeights(createKeptSets())).judge(id);
    expect(posted.at(-1)?.input).toEqual({ _tag: 'ValueJudged', height: 1n, value: id, verdict: 'invalid' });
    expect(events.at(-1)).toMatchObject({ _tag: 'BlockRefused', blockId: id });
  });
});

describe('rounds far ahead', () => {
  const at = (round: number) => signedProposal(BLOCK, { round });
  // One proposer's rounds lie four apart.
  const FAR = 4;

  test('a proposer holds its two highest', () => {
    const { receive, verify, ctx, counted } = intake();
    for (const round of [FAR, 2 * FAR, 3 * FAR, 2 * FAR, FAR]) {
      receive(at(round));
      verify();
    }
    expect([...ctx.view().proposals.keys()]).toEqual([`1/${String(2 * FAR)}`, `1/${String(3 * FAR)}`]);
    expect(counted()).toEqual({ duplicateProposal: 1, slotFull: 1 });
  });

  test('and four of its proposals under verification for one peer', () => {
    for (const [rounds, dropped] of [
      [4, {}],
      [5, { slotFull: 1 }],
    ] as const) {
      const { receive, verifications, counted } = intake();
      for (let i = 1; i <= rounds; i++) receive(at(i * FAR));
      expect([verifications(), counted()]).toEqual([4, dropped]);
    }
  });

  test('and nothing of another proposer’s', () => {
    const { receive, verify, ctx } = intake();
    for (const round of [5, 4, 8, 12]) {
      receive(at(round));
      verify();
    }
    expect(ctx.view().proposals.has('1/5')).toBe(true);
  });
});

test('own and replayed proposals take their place beside the received ones', () => {
  const { receive, verifications, proposals, counted } = intake();
  const own = signedProposal(BLOCK);
  proposals.remember(own);
  receive(own);
  expect([verifications(), counted()]).toEqual([0, { duplicateProposal: 1 }]);
  expect(own.proposer).toBe(identityNamed(proposerName(1n, 0)));
});

describe('a proposal whose body travels apart', () => {
  const LARGE = blockAt(1n, [new Uint8Array(60_000), new Uint8Array(60_000)]);
  const LARGE_ID = blockIdOf(LARGE.header);
  const whole = signedProposal(LARGE);
  const bodiless: ConsensusProposal = { ...whole, blockData: new Uint8Array(0) };
  const arrive = ({ ctx, proposals }: ReturnType<typeof intake>): boolean => {
    const body = bodyOfBlock(LARGE);
    if (body._tag === 'Right') ctx.bodies.put(body.right, undefined);
    return proposals.bodyArrived(LARGE_ID);
  };

  test('takes its body into the journal; a body that nothing waits for is not in it yet', () => {
    const base = intake();
    expect(arrive(base)).toBe(false);
    const waiting = intake();
    waiting.receive(bodiless);
    waiting.verify();
    expect([arrive(waiting), arrive(waiting)]).toEqual([true, false]);
  });

  test('is refused when it says of its body what the body does not', () => {
    for (const wrong of [{ previousHash: hashNamed('x') }, { timestamp: whole.timestamp + 1n }]) {
      const base = intake();
      base.receive({ ...bodiless, ...wrong });
      base.verify();
      expect([arrive(base), base.inputs(), base.counted()]).toEqual([false, [], { badBody: 1 }]);
    }
  });

  test('is taken up with its body, judged by the clock of its own arrival, and journaled whole', () => {
    const base = intake();
    base.receive(bodiless);
    expect(base.fetched).toEqual([]);
    base.verify();
    expect([base.inputs(), base.fetched]).toEqual([[], [`${LARGE_ID} sender`]]);
    base.setNow(NOW + 60_000n);
    arrive(base);
    expect(base.posted).toMatchObject([
      {
        entry: { _tag: 'Received', payload: payloadOf({ _tag: 'Propose', proposal: whole }), timely: true },
        input: { _tag: 'ProposalReceived', proposal: { signed: whole } },
      },
    ]);
    arrive(base);
    expect(base.posted).toHaveLength(1);
  });

  test('is passed on without it, and only when it is in hand', () => {
    const base = intake();
    base.peer('deaf');
    base.receive(bodiless);
    base.verify();
    expect(base.sent).toEqual([]);
    arrive(base);
    expect(base.sent).toEqual([{ peer: 'deaf', message: { _tag: 'Propose', proposal: bodiless } }]);
  });

  test('is taken up at once where the body is in hand', () => {
    const base = intake();
    arrive(base);
    base.receive(bodiless);
    base.verify();
    expect([base.inputs(), base.fetched]).toEqual([[`${LARGE_ID} timely`], []]);
  });

  test('said again, it is another reason to ask for the body, and is not verified again', () => {
    const base = intake();
    base.receive(bodiless);
    base.verify();
    base.receive(bodiless, NOW, base.peer('other'));
    expect(base.verifications()).toBe(1);
    expect(base.fetched).toEqual([`${LARGE_ID} sender`, `${LARGE_ID} other`]);
  });

  test('is left to the quorum where its round is past or far', () => {
    for (const [round, taken] of [
      [1, 1],
      [2, 0],
    ] as const) {
      const base = intake();
      base.receive({ ...signedProposal(LARGE, { round }), blockData: new Uint8Array(0) });
      base.verify();
      expect(base.fetched).toHaveLength(taken);
      expect(base.counted().bodilessFar).toBe(taken === 1 ? undefined : 1);
    }
  });

  test('an envelope that its block contradicts is reported, and the true one is taken up afterwards', () => {
    const base = intake();
    base.receive({ ...bodiless, timestamp: bodiless.timestamp + 1n });
    base.verify();
    arrive(base);
    expect([base.inputs(), base.reports]).toEqual([[], ['sender: undecodable']]);
    base.receive(bodiless, NOW, base.peer('honest'));
    base.verify();
    expect(base.inputs()).toEqual([`${LARGE_ID} timely`]);
  });

  test('waits no longer than its height, and at the next height is asked for again', () => {
    const base = intake();
    const next = blockAt(2n, [new Uint8Array(120_000)]);
    base.receive(bodiless);
    base.receive({ ...signedProposal(next), blockData: new Uint8Array(0) });
    base.verify();
    expect(base.fetched).toHaveLength(2);
    base.moveTo(2n);
    base.proposals.reset();
    expect(base.fetched.slice(2)).toEqual([`${blockIdOf(next.header)} sender`]);
    arrive(base);
    expect(base.inputs()).toEqual([]);
  });
});

test('a proposal of the block with the id of zeros accuses its proposer, once its signature holds', () => {
  const { receive, verify, accusations } = intake();
  const proposal = signedProposal(BLOCK);
  const content = { ...signedProposalOf(proposal), id: ZERO_HASH };
  receive({ ...proposal, id: ZERO_HASH });
  verify();
  expect(accusations).toEqual([]);
  const message = proposalSignBytes(GENESIS_HASH, content);
  const signature = signMessage(keyOf(proposerName(1n, 0)), 'zhtp/proposal/v1', message);
  receive({ ...proposal, id: ZERO_HASH, signature: { ...proposal.signature, signature } });
  verify();
  expect(accusations).toMatchObject([{ _tag: 'InvalidProposalBytes', signer: proposal.proposer }]);
});
