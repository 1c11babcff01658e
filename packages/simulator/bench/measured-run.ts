import { createWorld, type SimulationScheme, type WorldOptions } from '@zhtp/simulator';
import { cpuSecondsSince, threadSeconds } from './cpu-time.ts';

/** Heights before the first measured one: caches fill, the code is compiled. */
export const WARM_UP_HEIGHTS = 3;

const VIRTUAL_TIME_MAX_MS = 1e13;

export interface MeasuredRun {
  readonly heights: number;
  /** Messages that arrived at a node. */
  readonly deliveries: number;
  /** Of the thread that runs the world: what its nodes would take of the clock if nobody else used the machine. */
  readonly seconds: number;
  /** Of all threads of this process: V8's compilers and helpers of its collector, too. */
  readonly allThreadsSeconds: number;
  /** Events of the virtual world: deliveries, disk answers, timers. */
  readonly events: number;
  readonly meanPayloadBytes: number;
}

export interface RunOptions {
  readonly scheme: SimulationScheme;
  readonly validators: number;
  readonly heights: number;
  readonly warmUpHeights?: number;
  /** The world's safety checker, which is no part of a node: `none` when left out. */
  readonly checks?: WorldOptions['checks'];
  /** What the nodes run: the ledger when left out. */
  readonly openApplication?: WorldOptions['openApplication'];
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
    turns: 'by node',
    ...(options.openApplication === undefined ? {} : { openApplication: options.openApplication }),
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
  const before = world.network.counters();
  const step = afterHeight === undefined ? heights : 1;
  const eventsBefore = world.scheduler.steps();
  let seconds = 0;
  let allThreadsSeconds = 0;
  for (let done = step; done <= heights; done += step) {
    const start = process.cpuUsage();
    const mainStart = threadSeconds();
    await reach(warmUpHeights + done);
    seconds += threadSeconds() - mainStart;
    allThreadsSeconds += cpuSecondsSince(start);
    afterHeight?.(done);
  }
  const after = world.network.counters();
  const deliveries = after.delivered - before.delivered;
  const meanPayloadBytes = Math.round((after.bytes - before.bytes) / (after.sent - before.sent));
  const events = world.scheduler.steps() - eventsBefore;
  world.stop();
  return { heights, deliveries, events, meanPayloadBytes, seconds, allThreadsSeconds };
};
