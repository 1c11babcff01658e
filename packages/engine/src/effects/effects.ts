import { option as O } from 'fp-ts';
import type { Certificate, Effect } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote } from '@zhtp/types';
import type { BodyExchange } from '../catch-up/body-exchange.ts';
import type { Building } from './building.ts';
import type { Committing } from './committing.ts';
import type { DecisionIntake } from '../intake/decision-intake.ts';
import { reportEvidence } from '../evidence/evidence-report.ts';
import type { Judging } from './judging.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from '../gossip/outbox.ts';
import { ownStatus } from '../gossip/own-status.ts';
import { proposerAt } from '../height/height-view.ts';
import { asSent } from '../intake/proposal-envelope.ts';
import { proposalKey } from '../intake/proposal-intake.ts';
import type { RoundExchange } from '../catch-up/round-exchange.ts';
import type { Signing } from './signing.ts';
import type { Timeouts } from '../loop/timeouts.ts';
import { blockIdOfValue } from '../loop/translate.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';

export type CoreEffect = Effect<ConsensusVote, ConsensusProposal>;

export interface Executors {
  /** Absent on a full node. */
  readonly signing: Signing | undefined;
  readonly building: Building | undefined;
  readonly judging: Judging;
  readonly bodies: BodyExchange;
  readonly timeouts: Timeouts;
  readonly committing: Committing;
  readonly decisions: DecisionIntake;
  readonly rounds: RoundExchange;
  readonly extensions: VoteExtensions;
}

/** While a height takes long, what was passed on for others is passed on again, this many repetitions apart. */
const RESEND_EVERY_REPETITIONS = 4;

const polkaPayload = (certificate: Certificate<ConsensusVote>): Uint8Array =>
  payloadOf({ _tag: 'Polka', votes: certificate.votes.map(({ signed }) => signed) });

/** Carries out what the core asks for, one effect at a time, in the core's order. Nothing here answers inside the call. */
export const createEffects = (ctx: NodeContext, to: Executors): ((effect: CoreEffect) => void) => {
  let repeatedHeight = 0n;
  let repetitions = 0;

  const repeat = ({
    height,
    votes,
    proposal,
    certificates,
  }: Extract<CoreEffect, { readonly _tag: 'Repeat' }>): void => {
    const view = ctx.view();
    if (height !== view.height) return;
    // Between two peers a message may be lost for good; whoever waits beyond one of them has no other way to get it.
    repetitions = height === repeatedHeight ? repetitions + 1 : 1;
    repeatedHeight = height;
    if (repetitions % RESEND_EVERY_REPETITIONS === 0) ctx.peers.forgetSent();
    to.committing.retry();
    // Most repetitions fall into the pause after a decision, when all have said that they decided too.
    if (!ctx.outbox.isAnyoneBelow(height)) return;
    // How far we are is said again too: a peer that missed it, and the answer to its own vote, would never ask for blocks.
    ctx.outbox.repeat(payloadOf(ownStatus(ctx)), height);
    if (proposal !== null) {
      const { signed } = proposal;
      // It may carry the whole block: not to peers that sent it themselves or whose validator voted for it.
      const supports = view.seen.ofRound(signed.round).filter((vote) => O.toNullable(vote.proposalId) === signed.id);
      const voters = new Set(supports.map(({ voter }) => voter));
      ctx.outbox.repeat(
        payloadOf({ _tag: 'Propose', proposal: asSent(signed) }),
        height,
        (peer) =>
          ctx.peers.has(peer, proposalKey(signed)) || (peer.validator !== undefined && voters.has(peer.validator)),
      );
    }
    for (const { signed } of votes)
      ctx.outbox.repeat(payloadOf({ _tag: 'Vote', vote: to.extensions.attach(signed) }), height);
    for (const certificate of certificates)
      if (certificate.kind === 'polka') ctx.outbox.repeat(polkaPayload(certificate), height);
    // The step lasts: pass on what peers are not known to have, once each, whoever should have told them.
    // Of the round before, too: its precommits are what takes the others into ours. A node without votes of its own,
    // between validators, does the same.
    const current = ctx.nearestFar(height) - 2;
    const rounds = new Set([current, current - 1, ...votes.map(({ vote }) => vote.round)]);
    for (const round of rounds)
      for (const vote of view.seen.ofRound(round))
        ctx.outbox.pushMissing(() => payloadOf({ _tag: 'Vote', vote: to.extensions.attach(vote) }), vote.id, height);
    for (const vote of view.seenLast.ofRound(0))
      if (vote.voteType === 'Commit') ctx.outbox.pushMissing(() => payloadOf({ _tag: 'Vote', vote }), vote.id, height);
  };

  /** With the certificate of this height in hand the node neither proposes nor votes there (protocol.md, Sync). */
  const isSilent = (): boolean => {
    if (!to.decisions.isDecided()) return false;
    ctx.counters.count('silentWithCertificate');
    return true;
  };

  const judgeOrFetch = (value: string): void => {
    const id = blockIdOfValue(value);
    ctx.bodies.keep(id);
    if (ctx.bodies.get(id) === undefined) to.bodies.fetch(id);
    else to.judging.judge(id);
  };

  return (effect) => {
    switch (effect._tag) {
      case 'BuildValue':
        if (isSilent()) return;
        to.building?.build(effect.height, effect.round);
        return;
      case 'JudgeValue':
      case 'FetchValue':
        judgeOrFetch(effect.value);
        return;
      case 'SignProposal':
        if (isSilent()) return;
        to.signing?.proposal(effect.proposal);
        return;
      case 'SignVote':
        if (isSilent()) return;
        to.signing?.vote(effect.vote);
        return;
      case 'ScheduleTimeout':
        to.timeouts.schedule(effect);
        return;
      case 'CancelTimeout':
        to.timeouts.cancel(effect.kind, effect.height, effect.round);
        return;
      case 'Repeat':
        repeat(effect);
        return;
      case 'RequestRoundCertificate':
        to.rounds.request(effect);
        return;
      case 'SendCertificate':
        ctx.outbox.broadcast(polkaPayload(effect.certificate));
        return;
      case 'Decide':
        to.committing.decided(
          effect.height,
          effect.round,
          effect.value,
          effect.certificate,
          to.decisions.markDecided(),
        );
        return;
      case 'Evidence':
        reportEvidence(ctx, effect.evidence);
        return;
      case 'Halt':
        ctx.halt(haltReason(ctx, effect));
        return;
      case 'StepChanged': {
        const proposer = proposerAt(ctx.view(), effect.height, effect.round);
        if (proposer !== undefined)
          ctx.emit({ _tag: 'StepEntered', height: effect.height, round: effect.round, step: effect.step, proposer });
        return;
      }
      case 'Dropped':
        ctx.counters.count('coreDropped');
        return;
    }
  };
};

const haltReason = (
  ctx: NodeContext,
  { height, round, value }: Extract<CoreEffect, { readonly _tag: 'Halt' }>,
): string => {
  const theirs = ctx.bodies.get(blockIdOfValue(value))?.block.header.appHash ?? 'unknown';
  return (
    `more than two thirds decided block ${value} at height ${String(height)}, round ${String(round)}, which this node judged invalid ` +
    `(application hash in the block ${theirs}, here ${ctx.view().state.appHash}): compare versions and data with the other validators before starting again`
  );
};
