import {
  cloneState,
  fingerprint,
  initialState,
  step,
  type CoreState,
  type Effect,
  type Input,
  type Proposal,
  type Vote,
} from '@zhtp/bft';
import { heightParams, positionOf, type BoundedWorld } from './bounded-world.ts';
import { brokenByStep } from './local-properties.ts';
import { bitsOf, type Delivery, type Message, type MessageTable } from './message-table.ts';
import type { Decided, LogTable, SentLog } from './sent-log.ts';
import type { Breach } from './breach.ts';

/** A node at rest: its core, what it was given and what it said. */
export interface LocalState {
  readonly id: number;
  readonly core: CoreState<null, null>;
  readonly print: string;
  readonly log: SentLog;
  /** Messages received or sent, one bit each. */
  readonly received: bigint;
}

/** What one delivery does to a node in one local state. */
export interface LocalStep {
  readonly next: LocalState;
  /** The core counted a vote and did nothing else: no effect, and no change but in its tallies. */
  readonly inert: boolean;
}

/**
 * All states that one correct node was seen in. The core runs once per state and delivery, whatever the other nodes do
 * meanwhile, since nodes share nothing but messages.
 */
export interface LocalRuns {
  readonly self: number;
  readonly start: LocalState;
  state(id: number): LocalState;
  /** How many. */
  states(): number;
  step(from: LocalState, delivery: Delivery): LocalStep;
  /** How often the core ran. */
  coreSteps(): number;
  /** Properties of properties.md that a single node broke, in the order they were met; taken out by reading. */
  takeBreaches(): readonly LocalBreach[];
  /** Adds one that shows in what a node does not do. */
  report(breach: LocalBreach): void;
}

export interface LocalBreach {
  readonly breach: Breach;
  readonly from: LocalState;
  readonly delivery: Delivery;
}

/** More deliveries than any table holds: (state, delivery) fits in one number. */
const DELIVERIES_MAX = 4_096;

export const createLocalRuns = (
  world: BoundedWorld,
  self: number,
  table: MessageTable,
  logs: LogTable,
  merge: ((core: CoreState<null, null>) => string) | null,
): LocalRuns => {
  const states: LocalState[] = [];
  const ids = new Map<string, LocalState>();
  const steps = new Map<number, LocalStep>();
  let coreSteps = 0;
  let breaches: LocalBreach[] = [];

  const intern = (found: Omit<LocalState, 'id'>): LocalState => {
    const { core, print, log, received } = found;
    const key = `${String(log.id)} ${merge !== null ? merge(core) : `${received.toString(36)} ${print}`}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const added = { id: states.length, ...found };
    states.push(added);
    ids.set(key, added);
    return added;
  };

  /** Signer and application answer at once: a node's own slowness is a late delivery. */
  const run = (core: CoreState<null, null>, input: Input<null, null>): Ran => {
    const sent: Message[] = [];
    const effects: Effect<null, null>[] = [];
    let decided: Decided | null = null;
    let at = core;
    const queue = [input];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = step(at, next);
      coreSteps += 1;
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
    return { core: at, sent, decided, effects };
  };

  const begun = run(initialState(), { _tag: 'StartHeight', params: heightParams(world, self) });
  const start = intern({
    core: begun.core,
    print: fingerprint(begun.core),
    log: logs.extend(logs.empty, begun.sent, begun.decided),
    received: bitsOf(begun.sent),
  });

  const take = (from: LocalState, delivery: Delivery): LocalStep => {
    const copy = cloneState(from.core);
    const ran = run(copy, delivery.input);
    const print = fingerprint(ran.core);
    if (print === from.print && ran.effects.every(({ _tag }) => _tag === 'Dropped')) return { next: from, inert: true };
    const received = from.received | bitsOf(delivery.messages) | bitsOf(ran.sent);
    const log = logs.extend(from.log, ran.sent, ran.decided);
    const found = { core: ran.core, print, log, received };
    const observed = { self, from, next: found, sent: ran.sent, decided: ran.decided, effects: ran.effects };
    for (const breach of brokenByStep(world, table, observed))
      // What a merged state received single votes of settled tallies from is another run's, where others said other things.
      if (merge === null || breach.property !== 'A2') breaches.push({ breach, from, delivery });
    return { next: intern(found), inert: ran.core === copy && ran.effects.length === 0 };
  };

  return {
    self,
    start,
    state: (id) => states[id] ?? start,
    states: () => states.length,
    step(from, delivery) {
      const key = from.id * DELIVERIES_MAX + delivery.id;
      const known = steps.get(key);
      if (known !== undefined) return known;
      const taken = take(from, delivery);
      steps.set(key, taken);
      return taken;
    },
    coreSteps: () => coreSteps,
    takeBreaches() {
      const taken = breaches;
      if (taken.length > 0) breaches = [];
      return taken;
    },
    report(breach) {
      breaches.push(breach);
    },
  };
};

interface Ran {
  readonly core: CoreState<null, null>;
  readonly sent: readonly Message[];
  readonly decided: Decided | null;
  readonly effects: readonly Effect<null, null>[];
}

export const answerTo = (effect: Effect<null, null>): Input<null, null> | null => {
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

export const voteContent = ({ voter, kind, round, value, polRound, against }: Vote): Omit<Message, 'id'> => ({
  from: positionOf(voter),
  kind,
  round,
  value,
  earlier: polRound,
  against,
});

export const proposalContent = ({ proposer, round, value, validRound }: Proposal): Omit<Message, 'id'> => ({
  from: positionOf(proposer),
  kind: 'proposal',
  round,
  value,
  earlier: validRound,
  against: null,
});
