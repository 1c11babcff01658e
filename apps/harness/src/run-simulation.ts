import {
  createTransferLoad,
  createWorld,
  fundedState,
  loadAccounts,
  mlDsaScheme,
  nullScheme,
  type DecidedHeight,
  type NetworkCounters,
  type TransferLoad,
  type Violation,
} from '@zhtp/simulator';
import type { Hash } from '@zhtp/types';
import type { RunOptions } from './run-options.ts';

/** What a run came to; a function of its options. */
export interface RunResult {
  readonly heights: readonly DecidedHeight[];
  /** Virtual milliseconds from the start to the last decision looked at. */
  readonly virtualMs: number;
  readonly events: number;
  readonly network: NetworkCounters;
  /** Sums over all nodes, by name in order. */
  readonly counters: readonly (readonly [string, number])[];
  readonly transfers: number | undefined;
  readonly violations: readonly Violation[];
  /** Why nodes stopped by themselves. */
  readonly faults: readonly string[];
  readonly isComplete: boolean;
  readonly digest: Hash;
}

/** Virtual time a height may take on average before the run is given up as stuck. */
const PATIENCE_PER_HEIGHT_MS = 120_000;
const CRASH_WITHIN_MS = 10_000;
const ACCOUNTS = 16;
const TRANSFER_EVERY_MS = 50;

/** Runs the world of these options until every running validator has committed the last height. */
export const runSimulation = async (options: RunOptions): Promise<RunResult> => {
  const { validators, heights, seed, loss, crash, delay } = options;
  const scheme = options.realKeys ? mlDsaScheme('ML-DSA-65') : nullScheme();
  const accounts = options.transactions ? loadAccounts(scheme, ACCOUNTS) : [];
  let load: TransferLoad | undefined;
  const world = createWorld({
    seed,
    validators,
    scheme,
    links: { delayMinMs: delay.minMs, delayMaxMs: delay.maxMs, lossPerMille: loss },
    appState: fundedState(accounts),
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') load?.committed(event.block);
    },
  });
  if (options.transactions) {
    load = createTransferLoad(world, scheme, accounts, TRANSFER_EVERY_MS);
    load.start();
  }
  const random = world.random.fork(9);
  const crashing = Array.from({ length: crash }, (_, i) => validators - 1 - i);
  for (let index = 0; index < validators; index++) world.start(index);
  for (const index of crashing)
    world.scheduler.after(random.int(0, CRASH_WITHIN_MS), () => {
      world.crash(index);
    });

  const last = BigInt(heights);
  const staying = Array.from({ length: validators - crash }, (_, index) => index);
  const isDone = (): boolean =>
    world.checker.violations().length > 0 || staying.every((index) => world.record.committedBy(index) >= last);
  await world.runUntil(isDone, heights * PATIENCE_PER_HEIGHT_MS);

  const sums = new Map<string, number>();
  for (const node of world.nodes)
    for (const [name, count] of Object.entries(node.running()?.status()?.counters ?? {}))
      sums.set(name, (sums.get(name) ?? 0) + count);
  const decided = world.record.heights().filter(({ height }) => height <= last);
  return {
    heights: decided,
    virtualMs: decided.at(-1)?.atMs ?? 0,
    events: world.scheduler.steps(),
    network: world.network.counters(),
    counters: [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    transfers: load?.included(),
    violations: world.checker.violations(),
    faults: world.nodes.flatMap((node) => node.fault() ?? []),
    isComplete: staying.every((index) => world.record.committedBy(index) >= last),
    digest: world.record.digest(),
  };
};
