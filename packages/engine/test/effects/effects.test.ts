import { option as O } from 'fp-ts';
import { blockIdOf } from '@zhtp/chain';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import { createBodyExchange } from '../../src/catch-up/body-exchange.ts';
import { createBuilding } from '../../src/effects/building.ts';
import { createCommitting } from '../../src/effects/committing.ts';
import { createDecisionIntake } from '../../src/intake/decision-intake.ts';
import { createEffects, type CoreEffect } from '../../src/effects/effects.ts';
import { createJudging } from '../../src/effects/judging.ts';
import { createMempool } from '../../src/application/mempool.ts';
import { createKeptPolkas } from '../../src/evidence/kept-polkas.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createOpenEffects } from '../../src/recovery/replay.ts';
import { createRoundExchange } from '../../src/catch-up/round-exchange.ts';
import { createTimeouts } from '../../src/loop/timeouts.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { createVoteIntake } from '../../src/intake/vote-intake.ts';
import { initialState, type Vote } from '@zhtp/bft';
import { decidableAt, decidedBy, signedProposal, signedVote } from '../support/signed.ts';
import { verifyingContext } from '../support/verifying-context.ts';
import { identityNamed } from '../support/votes.ts';
import { coreProposal, coreVote } from '../../src/loop/translate.ts';

const V0 = identityNamed('v0');
const HEIGHT = 1n;
const BLOCK = decidableAt(HEIGHT);
const VALUE = blockIdOf(BLOCK.header);

const effects = () => {
  const base = verifyingContext(HEIGHT);
  const { ctx } = base;
  const wished: string[] = [];
  const sets = createKeptSets();
  const past = createPastHeights(sets);
  const decisions = createDecisionIntake(ctx);
  const bodies = createBodyExchange(ctx, () => undefined);
  const extensions = createVoteExtensions(ctx);
  const attestations = createAttestations(ctx);
  const votes = createVoteIntake(ctx, attestations, extensions);
  const polkas = createKeptPolkas(ctx, past, () => undefined);
  const timeouts = createTimeouts(ctx.ports.timers, (kind) => wished.push(`elapsed ${kind}`));
  const execute = createEffects(ctx, {
    signing: {
      vote: ({ kind }) => wished.push(`sign ${kind}`),
      proposal: () => wished.push('sign proposal'),
      attest: () => wished.push('attest'),
    },
    building: createBuilding(ctx, V0, createMempool(), { forBlock: () => [] }, extensions),
    judging: createJudging(ctx, past),
    bodies,
    timeouts,
    committing: createCommitting(
      ctx,
      { remembered: { sets, past, parameters: createKeptParameters() }, extensions, polkas, attestations },
      bodies.fetch,
      () => undefined,
    ),
    decisions,
    extensions,
    rounds: createRoundExchange(ctx, initialState, votes),
  });
  return { ...base, execute, wished, decisions, timeouts };
};

const vote: Vote = {
  kind: 'prevote',
  height: HEIGHT,
  round: 0,
  voter: V0,
  value: VALUE,
  against: null,
  polRound: null,
};
const SIGN_VOTE: CoreEffect = { _tag: 'SignVote', vote };
const SIGN_PROPOSAL: CoreEffect = {
  _tag: 'SignProposal',
  proposal: { height: HEIGHT, round: 0, value: VALUE, validRound: null, proposer: V0 },
};
const BUILD: CoreEffect = { _tag: 'BuildValue', height: HEIGHT, round: 0 };

describe('with the certificate of its height in hand a node neither proposes nor votes there', () => {
  const says = async (node: ReturnType<typeof effects>): Promise<readonly string[]> => {
    for (const effect of [SIGN_VOTE, SIGN_PROPOSAL, BUILD]) node.execute(effect);
    await node.ctx.application.idle();
    return [...node.wished, ...node.asked];
  };
  const SPEAKS = ['sign prevote', 'sign proposal', 'prepareProposal'];

  test('from the moment it is verified, before the core has taken it up', async () => {
    const node = effects();
    node.setNow(node.ctx.view().state.time + 1n);
    node.decisions.receive(decidedBy(['v0', 'v1', 'v2'], BLOCK), () => undefined);
    expect(await says(node)).toEqual(SPEAKS);
    node.wished.length = 0;
    node.asked.length = 0;
    node.verify();
    expect([await says(node), node.counted().silentWithCertificate]).toEqual([[], 3]);
  });

  test('and after a restart, when the journal brings it back', async () => {
    const node = effects();
    node.setNow(node.ctx.view().state.time + 1n);
    node.decisions.restore();
    expect(await says(node)).toEqual([]);
    node.decisions.reset();
    expect(await says(node)).toEqual(SPEAKS);
  });

  test('while one that does not verify silences nobody', async () => {
    const node = effects();
    node.setNow(node.ctx.view().state.time + 1n);
    const { block, certificate } = decidedBy(['v0', 'v1', 'v2'], BLOCK);
    const signatures = certificate.signatures.map((signature, i) =>
      i === 0 ? (certificate.signatures[1] ?? signature) : signature,
    );
    node.decisions.receive({ block, certificate: { ...certificate, signatures } }, () => undefined);
    node.verify();
    expect(await says(node)).toEqual(SPEAKS);
  });
});

describe('each wish of the core is carried out once', () => {
  test('a value in hand is judged, one that is not is asked for', () => {
    const { execute, sent, peer, events } = effects();
    peer('other');
    execute({ _tag: 'FetchValue', height: HEIGHT, round: 0, value: VALUE });
    expect(sent).toEqual([
      { peer: 'other', message: { _tag: 'BodyRequest', height: HEIGHT, blockId: VALUE, chunk: 0 } },
    ]);
    expect(events).toEqual([]);
  });

  test('timeouts run and are cancelled by kind and round', () => {
    const { execute, timers, fireTimers, wished } = effects();
    const at = { height: HEIGHT, round: 0 };
    execute({ _tag: 'ScheduleTimeout', kind: 'propose', ...at, afterMs: 10 });
    execute({ _tag: 'ScheduleTimeout', kind: 'prevote', ...at, afterMs: 10 });
    execute({ _tag: 'ScheduleTimeout', kind: 'prevote', ...at, afterMs: 20 });
    execute({ _tag: 'CancelTimeout', kind: 'propose', ...at });
    execute({ _tag: 'CancelTimeout', kind: 'precommit', ...at });
    expect([...timers].map(({ afterMs }) => afterMs)).toEqual([20]);
    fireTimers();
    expect(wished).toEqual(['elapsed prevote']);
  });

  test('votes of a later round are asked of those who cast them, of everybody when none of them is connected', () => {
    const asked = (validator: string): readonly string[] => {
      const { execute, sent, peer } = effects();
      peer('bound', V0);
      peer('stranger');
      execute({ _tag: 'RequestRoundCertificate', height: HEIGHT, round: 3, from: [identityNamed(validator)] });
      expect(sent.every(({ message }) => message._tag === 'RoundRequest')).toBe(true);
      return sent.map((request) => request.peer);
    };
    expect([asked('v0'), asked('v1')]).toEqual([['bound'], ['bound', 'stranger']]);
  });

  test('a quorum for what this node judged invalid stops it, naming height and both application hashes', () => {
    const { execute, halts, ctx } = effects();
    execute({ _tag: 'Halt', height: HEIGHT, round: 2, value: VALUE, reason: 'QuorumForInvalidValue' });
    expect(halts).toHaveLength(1);
    expect(halts[0]).toContain(`decided block ${VALUE} at height 1, round 2`);
    expect(halts[0]).toContain(`here ${ctx.view().state.appHash}`);
  });

  test('what happens is told, and what the core drops is counted', () => {
    const { execute, events, counted } = effects();
    execute({ _tag: 'StepChanged', height: HEIGHT, round: 1, step: 'propose' });
    execute({ _tag: 'Dropped', reason: 'Stale', height: HEIGHT, round: 0 });
    expect(events).toMatchObject([{ _tag: 'StepEntered', height: HEIGHT, round: 1, step: 'propose' }]);
    expect(counted()).toEqual({ coreDropped: 1 });
  });
});

describe('repetition', () => {
  const own = coreVote(signedVote('v0', { proposalId: O.some(VALUE) }));
  const proposal = coreProposal(signedProposal(BLOCK));
  const repeat = (height = HEIGHT): CoreEffect => ({
    _tag: 'Repeat',
    height,
    votes: own === undefined ? [] : [own],
    proposal,
    certificates: [],
  });
  const tagsTo = (node: ReturnType<typeof effects>, peer: string): readonly string[] =>
    node.sent.filter((sent) => sent.peer === peer).map(({ message }) => message._tag);

  test('says how far the node is, its proposal and its votes again to everybody who is not past the height', () => {
    const node = effects();
    node.peer('here');
    node.peer('past').headHeight = HEIGHT;
    node.execute(repeat());
    expect([tagsTo(node, 'here'), tagsTo(node, 'past')]).toEqual([['Status', 'Propose', 'Vote'], []]);
  });

  test('spares those who have the proposal the block', () => {
    const node = effects();
    const { ctx, peer } = node;
    ctx.view().seen.add(signedVote('v1', { proposalId: O.some(VALUE) }), 2);
    peer('voted', identityNamed('v1'));
    node.execute(repeat());
    expect(tagsTo(node, 'voted')).toEqual(['Status', 'Vote', 'Vote']);
  });

  test('of a height that is over says nothing', () => {
    const node = effects();
    node.peer('here');
    node.execute(repeat(HEIGHT + 1n));
    expect(node.sent).toEqual([]);
  });
});

describe('what a journal leaves open is asked again after a restart, in order', () => {
  const JUDGE: CoreEffect = { _tag: 'JudgeValue', height: HEIGHT, round: 0, value: VALUE, fresh: true };
  const TIMEOUT: CoreEffect = { _tag: 'ScheduleTimeout', kind: 'propose', height: HEIGHT, round: 0, afterMs: 1 };

  const openAfter = (
    asked: readonly CoreEffect[],
    ...answers: Parameters<ReturnType<typeof createOpenEffects>['answered']>[0][]
  ) => {
    const open = createOpenEffects();
    for (const effect of asked) open.asked(effect);
    for (const answer of answers) open.answered(answer);
    return open.inOrder();
  };

  test('everything that expects an answer, in the order in which it was last asked', () => {
    expect(openAfter([BUILD, JUDGE, TIMEOUT, SIGN_VOTE, SIGN_PROPOSAL, JUDGE])).toEqual([
      BUILD,
      TIMEOUT,
      SIGN_VOTE,
      SIGN_PROPOSAL,
      JUDGE,
    ]);
  });

  test('nothing that was answered', () => {
    const signed = coreVote(signedVote('v0', { proposalId: O.some(VALUE) }));
    if (signed === undefined) throw new Error('a prevote is a vote of the core');
    expect(
      openAfter(
        [BUILD, JUDGE, TIMEOUT, SIGN_VOTE, SIGN_PROPOSAL],
        { _tag: 'ValueBuilt', height: HEIGHT, round: 0, value: VALUE },
        { _tag: 'ValueJudged', height: HEIGHT, value: VALUE, verdict: 'valid' },
        { _tag: 'TimeoutElapsed', kind: 'propose', height: HEIGHT, round: 0 },
        { _tag: 'OwnSigned', message: { _tag: 'Vote', vote: signed } },
        { _tag: 'OwnSigned', message: { _tag: 'Proposal', proposal } },
      ),
    ).toEqual([]);
  });

  const proposal = coreProposal(signedProposal(BLOCK));

  test('an answer of another round or kind answers nothing', () => {
    const later = coreVote(signedVote('v0', { round: 1, proposalId: O.some(VALUE) }));
    if (later === undefined) throw new Error('a prevote is a vote of the core');
    expect(openAfter([SIGN_VOTE], { _tag: 'OwnSigned', message: { _tag: 'Vote', vote: later } })).toEqual([SIGN_VOTE]);
  });

  test('a timeout that was cancelled is not started again', () => {
    expect(openAfter([TIMEOUT, { _tag: 'CancelTimeout', kind: 'propose', height: HEIGHT, round: 0 }])).toEqual([]);
  });

  test('repetitions, certificates and drops ask for nothing', () => {
    expect(
      openAfter([
        { _tag: 'Repeat', height: HEIGHT, votes: [], proposal: null, certificates: [] },
        { _tag: 'Dropped', reason: 'Stale', height: HEIGHT, round: 0 },
        { _tag: 'RequestRoundCertificate', height: HEIGHT, round: 0, from: [] },
      ]),
    ).toEqual([]);
  });
});
