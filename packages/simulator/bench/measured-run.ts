import { createWorld, type SimulationScheme } from '@zhtp/simulator';
import { cpuSecondsSince } from './cpu-time.ts';

/** Heights before the first measured one: caches fill, the code is compiled. */
const WARM_UP_HEIGHTS = 3n;

const VIRTUAL_TIME_MAX_MS = 100_000_000;

export interface MeasuredRun {
  readonly heights: number;
  /** Messages that arrived at a node. */
  readonly deliveries: number;
  readonly cpuSeconds: number;
}

export interface RunOptions {
  readonly scheme: SimulationScheme;
  readonly validators: number;
  readonly heights: number;
  /** Called where measuring starts and after each measured height; its own time does not count. */
  readonly betweenHeights?: () => void;
}

/** Empty blocks on a full mesh without loss, from the first measured height until every node has committed the last. */
export const measuredRun = async (options: RunOptions): Promise<MeasuredRun> => {
  const { scheme, validators, heights, betweenHeights } = options;
  let commits = 0;
  const world = createWorld({
    seed: 1,
    validators,
    scheme,
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') commits += 1;
    },
  });
  const reach = async (height: bigint): Promise<void> => {
    const wanted = Number(height) * validators;
    if (!(await world.runUntil(() => commits >= wanted, VIRTUAL_TIME_MAX_MS)))
      throw new Error(`${String(validators)} validators did not reach height ${String(height)}`);
  };

  for (const index of world.nodes.keys()) world.start(index);
  await reach(WARM_UP_HEIGHTS);
  betweenHeights?.();
  const before = world.network.counters().delivered;
  const step = betweenHeights === undefined ? BigInt(heights) : 1n;
  let cpuSeconds = 0;
  for (let done = step; done <= BigInt(heights); done += step) {
    const start = process.cpuUsage();
    await reach(WARM_UP_HEIGHTS + done);
    cpuSeconds += cpuSecondsSince(start);
    betweenHeights?.();
  }
  const deliveries = world.network.counters().delivered - before;
  world.stop();
  return { heights, deliveries, cpuSeconds };
};
