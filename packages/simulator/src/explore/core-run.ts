import { step, type CoreState, type Effect, type Input, type Proposal, type Vote } from '@zhtp/bft';
import { positionOf, type BoundedWorld } from './bounded-world.ts';
import type { Message, MessageTable } from './message-table.ts';
import type { Decided } from './sent-log.ts';

/** What one input came to, answers to the core's own questions included. */
export interface CoreRun {
  readonly core: CoreState<null, null>;
  /** Within the bound on rounds. */
  readonly sent: readonly Message[];
  readonly decided: Decided | null;
  readonly effects: readonly Effect<null, null>[];
  /** How often the core ran. */
  readonly steps: number;
}

/** Signer and application answer at once: a node's own slowness is a late delivery. */
export const runCore = (
  world: BoundedWorld,
  table: MessageTable,
  core: CoreState<null, null>,
  input: Input<null, null>,
): CoreRun => {
  const sent: Message[] = [];
  const effects: Effect<null, null>[] = [];
  let decided: Decided | null = null;
  let at = core;
  let steps = 0;
  const queue = [input];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = step(at, next);
    steps += 1;
    at = result.state;
    for (const effect of result.effects) {
      effects.push(effect);
      if (effect._tag === 'SignVote' && effect.vote.round < world.proposers.length)
        sent.push(table.message(voteContent(effect.vote)));
      if (effect._tag === 'SignProposal' && effect.proposal.round < world.proposers.length)
        sent.push(table.message(proposalContent(effect.proposal)));
      if (effect._tag === 'Decide') decided = { value: effect.value, round: effect.round };
      const answer = answerTo(effect);
      if (answer !== null) queue.push(answer);
    }
  }
  return { core: at, sent, decided, effects, steps };
};

const answerTo = (effect: Effect<null, null>): Input<null, null> | null => {
  if (effect._tag === 'JudgeValue' || effect._tag === 'FetchValue')
    return { _tag: 'ValueJudged', height: effect.height, value: effect.value, verdict: 'valid' };
  if (effect._tag === 'SignVote')
    return { _tag: 'OwnSigned', message: { _tag: 'Vote', vote: { vote: effect.vote, signed: null } } };
  if (effect._tag === 'SignProposal')
    return {
      _tag: 'OwnSigned',
      message: { _tag: 'Proposal', proposal: { proposal: effect.proposal, signed: null } },
    };
  return null;
};

const voteContent = ({ voter, kind, round, value, polRound, against }: Vote): Omit<Message, 'id'> => ({
  from: positionOf(voter),
  kind,
  round,
  value,
  earlier: polRound,
  against,
});

const proposalContent = ({ proposer, round, value, validRound }: Proposal): Omit<Message, 'id'> => ({
  from: positionOf(proposer),
  kind: 'proposal',
  round,
  value,
  earlier: validRound,
  against: null,
});
