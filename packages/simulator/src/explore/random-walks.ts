import { cloneState, fingerprint, initialState, step, type CoreState, type Effect, type Input } from '@zhtp/bft';
import { createSeededRandom } from '../seeded-random.ts';
import { PAPER, WITH_ADDITIONS, correctPositions, heightParams, nameOf, type BoundedWorld } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import type { Trace, TraceStep } from './counterexample.ts';
import { brokenByStep } from './local-properties.ts';
import { answerTo, proposalContent, voteContent } from './local-runs.ts';
import { bitsOf, createMessageTable, type Message, type MessageTable } from './message-table.ts';
import { createOffers, type Offers } from './offers.ts';
import { createLogTable, describeGrowth, type LogTable, type SentLog } from './sent-log.ts';
import { brokenTogether } from './shared-properties.ts';

/** One walk: a world drawn from its seed, and deliveries drawn until nothing is left to do or `stepsMax` is reached. */
export interface Walk {
  readonly seed: number;
  readonly world: BoundedWorld;
  readonly steps: number;
  /** How many correct nodes decided. */
  readonly decided: number;
  /** The highest round any of them reached. */
  readonly round: number;
  readonly breach: Breach | null;
  readonly trace: Trace;
}

export interface Walker {
  readonly self: number;
  core: CoreState<null, null>;
  log: SentLog;
  received: bigint;
}

export interface Tables {
  readonly world: BoundedWorld;
  readonly table: MessageTable;
  readonly logs: LogTable;
  readonly offers: Offers;
}

/** In 1000: how often a walk prefers what a correct node sent, so that walks get beyond the first round. */
const HONEST_PER_MILLE = 600;

/** Four to seven validators, as many liars as agreement survives, up to six rounds, with or without the additions. */
export const walkWorld = (seed: number): BoundedWorld => {
  const random = createSeededRandom(seed).fork(1);
  const validators = random.int(4, 7);
  const liars = validators === 7 ? random.int(1, 2) : 1;
  const positions = Array.from({ length: validators }, (_, position) => position);
  return {
    powers: positions.map(() => 1n),
    byzantine: positions.slice(validators - liars),
    proposers: Array.from({ length: random.int(2, 6) }, () => random.int(0, validators - 1)),
    values: ['x', 'y'],
    options: random.chance(500) ? WITH_ADDITIONS : PAPER,
    evidenceContents: true,
  };
};

/** A seeded walk through the unreduced space, with the same properties looked at after each delivery. */
export const walk = (
  seed: number,
  stepsMax: number,
  world: BoundedWorld = walkWorld(seed),
  history?: (logs: readonly SentLog[]) => void,
): Walk => {
  const random = createSeededRandom(seed).fork(2);
  const table = createMessageTable(world.byzantine);
  const tables: Tables = { world, table, logs: createLogTable(), offers: createOffers(world, table) };
  const walkers = correctPositions(world).map((self) => begin(tables, self));
  const trace: TraceStep[] = [];
  let steps = 0;
  const finish = (breach: Breach | null): Walk => ({
    seed,
    world,
    steps,
    decided: walkers.filter(({ log }) => log.decided !== null).length,
    round: Math.max(...walkers.map(({ core }) => core.height?.machine.round ?? 0)),
    breach,
    trace,
  });
  while (steps < stepsMax) {
    const undecided = walkers.filter(({ log }) => log.decided === null);
    const walker = random.pick(undecided);
    if (walker === undefined) break;
    steps += 1;
    const others = walkers.filter((other) => other !== walker).map(({ log }) => log);
    const round = walker.core.height?.machine.round ?? 0;
    const offered = tables
      .offers(walker.self, walker.log, others)
      .filter((delivery) =>
        delivery.messages.length === 0
          ? delivery.round === round
          : (bitsOf(delivery.messages) & ~walker.received) !== 0n,
      );
    const honest = offered.filter(
      ({ messages, tally }) => tally !== null && messages.every(({ from }) => !world.byzantine.includes(from)),
    );
    const delivery = random.pick(honest.length > 0 && random.chance(HONEST_PER_MILLE) ? honest : offered);
    if (delivery === undefined) continue;
    const before = walker.log;
    const changed = give(tables, walker, delivery.input, delivery.messages);
    if (changed === null) continue;
    history?.(walkers.map(({ log }) => log));
    trace.push({
      node: nameOf(walker.self),
      receives: [delivery.label],
      deliveries: [delivery],
      does: describeGrowth(before, walker.log),
    });
    const [breach] = [
      ...changed,
      ...brokenTogether(
        world,
        walkers.map(({ self, log }) => [self, log]),
      ),
    ];
    if (breach !== undefined) return finish(breach);
  }
  return finish(null);
};

export const begin = (tables: Tables, self: number): Walker => {
  const walker: Walker = { self, core: initialState(), log: tables.logs.empty, received: 0n };
  give(tables, walker, { _tag: 'StartHeight', params: heightParams(tables.world, self) }, []);
  return walker;
};

/** What it broke; `null` when it changed nothing. */
export const give = (
  { world, table, logs }: Tables,
  walker: Walker,
  input: Input<null, null>,
  messages: readonly Message[],
): readonly Breach[] | null => {
  const from = { core: cloneState(walker.core), log: walker.log, received: walker.received };
  const print = fingerprint(walker.core);
  const effects: Effect<null, null>[] = [];
  const queue = [input];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = step(walker.core, next);
    walker.core = result.state;
    effects.push(...result.effects);
    queue.push(...result.effects.flatMap((effect) => answerTo(effect) ?? []));
  }
  const sent = effects
    .flatMap((effect) => {
      if (effect._tag === 'SignVote') return [table.message(voteContent(effect.vote))];
      return effect._tag === 'SignProposal' ? [table.message(proposalContent(effect.proposal))] : [];
    })
    .filter(({ round }) => round < world.proposers.length);
  const decide = effects.find((effect) => effect._tag === 'Decide');
  const decided = decide === undefined ? null : { value: decide.value, round: decide.round };
  walker.received |= bitsOf(messages) | bitsOf(sent);
  walker.log = logs.extend(walker.log, sent, decided);
  if (effects.every(({ _tag }) => _tag === 'Dropped') && fingerprint(walker.core) === print) return null;
  return brokenByStep(world, table, { self: walker.self, from, next: walker, sent, decided, effects });
};
