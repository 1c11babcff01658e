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
  const { scheme, validators, heights, betweenHeights = () => undefined } = options;
  const world = createWorld({ seed: 1, validators, scheme });
  const nodes = world.nodes.map((_, index) => index);
  const committedByAll = (height: bigint) => (): boolean =>
    nodes.every((index) => world.record.committedBy(index) >= height);
  const reach = async (height: bigint): Promise<void> => {
    if (!(await world.runUntil(committedByAll(height), VIRTUAL_TIME_MAX_MS)))
      throw new Error(`${String(validators)} validators did not reach height ${String(height)}`);
  };

  for (const index of nodes) world.start(index);
  await reach(WARM_UP_HEIGHTS);
  betweenHeights();
  const before = world.network.counters().delivered;
  let cpuSeconds = 0;
  for (let done = 1n; done <= BigInt(heights); done++) {
    const start = process.cpuUsage();
    await reach(WARM_UP_HEIGHTS + done);
    cpuSeconds += cpuSecondsSince(start);
    betweenHeights();
  }
  const deliveries = world.network.counters().delivered - before;
  world.stop();
  return { heights, deliveries, cpuSeconds };
};
