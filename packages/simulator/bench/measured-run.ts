import { createWorld, type SimulationScheme, type WorldOptions } from '@zhtp/simulator';
import { cpuSecondsSince } from './cpu-time.ts';

/** Heights before the first measured one: caches fill, the code is compiled. */
const WARM_UP_HEIGHTS = 3;

const VIRTUAL_TIME_MAX_MS = 1e13;

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
  readonly warmUpHeights?: number;
  /** The world's safety checker, which is no part of a node: `none` when left out. */
  readonly checks?: WorldOptions['checks'];
  readonly keptHeights?: bigint;
  /** Called where measuring starts. */
  readonly begin?: () => void;
  /** Called after each measured height; its own time does not count. */
  readonly afterHeight?: (height: number) => void;
}

/** Empty blocks on a full mesh without loss, from the first measured height until every node has committed the last. */
export const measuredRun = async (options: RunOptions): Promise<MeasuredRun> => {
  const { scheme, validators, heights, warmUpHeights = WARM_UP_HEIGHTS, checks = 'none', begin, afterHeight } = options;
  let commits = 0;
  const world = createWorld({
    seed: 1,
    validators,
    scheme,
    checks,
    ...(options.keptHeights === undefined ? {} : { keptHeights: options.keptHeights }),
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') commits += 1;
    },
  });
  const reach = async (height: number): Promise<void> => {
    const wanted = height * validators;
    if (!(await world.runUntil(() => commits >= wanted, VIRTUAL_TIME_MAX_MS)))
      throw new Error(`${String(validators)} validators did not reach height ${String(height)}`);
  };

  for (const index of world.nodes.keys()) world.start(index);
  await reach(warmUpHeights);
  begin?.();
  const before = world.network.counters().delivered;
  const step = afterHeight === undefined ? heights : 1;
  let cpuSeconds = 0;
  for (let done = step; done <= heights; done += step) {
    const start = process.cpuUsage();
    await reach(warmUpHeights + done);
    cpuSeconds += cpuSecondsSince(start);
    afterHeight?.(done);
  }
  const deliveries = world.network.counters().delivered - before;
  world.stop();
  return { heights, deliveries, cpuSeconds };
};
