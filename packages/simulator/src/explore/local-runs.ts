import { cloneState, fingerprint, initialState, type CoreState, type Input } from '@zhtp/bft';
import { heightParams, type BoundedWorld } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import { runCore, type CoreRun } from './core-run.ts';
import { brokenByStep } from './local-properties.ts';
import { bitsOf, type Delivery, type MessageTable } from './message-table.ts';
import type { LogTable, SentLog } from './sent-log.ts';

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
  /** Properties that a single node broke, in the order they were met; taken out by reading. */
  takeBreaches(): readonly LocalBreach[];
  /** Adds one that shows in what a node does not do. */
  report(breach: LocalBreach): void;
}

export interface LocalBreach {
  readonly breach: Breach;
  readonly from: LocalState;
  readonly delivery: Delivery;
}

/** (State, delivery) is put into one number: with more deliveries two pairs would be taken for one. */
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

  const run = (core: CoreState<null, null>, input: Input<null, null>): CoreRun => {
    const ran = runCore(world, table, core, input);
    coreSteps += ran.steps;
    return ran;
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
      if (delivery.id >= DELIVERIES_MAX)
        throw new Error(`more than ${String(DELIVERIES_MAX)} deliveries: choose a world with fewer rounds or values`);
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
