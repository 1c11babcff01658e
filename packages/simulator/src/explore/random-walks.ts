import { createSeededRandom } from '../seeded-random.ts';
import { PAPER, WITH_ADDITIONS, correctPositions, nameOf, type BoundedWorld } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import type { Trace, TraceStep } from './counterexample.ts';
import { bitsOf, createMessageTable } from './message-table.ts';
import { createOffers } from './offers.ts';
import { createLogTable, describeGrowth, type SentLog } from './sent-log.ts';
import { brokenTogether } from './shared-properties.ts';
import { begin, give, type Tables } from './walker.ts';

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
