import type { ConsensusConfig, Genesis, Json, PeerId } from '@zhtp/types';
import { worldGenesis, worldValidators, WORLD_EPOCH_MS } from './genesis-of-world.ts';
import { createRunRecord, type RunRecord } from './run-record.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { nullScheme, type SimulationScheme } from './signature-scheme.ts';
import { createSimulatedNode, type NodePace, type SimulatedNode } from './simulated-node.ts';
import { createVirtualNetwork, type LinkConditions, type VirtualNetwork } from './virtual-network.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly validators: number;
  readonly links?: LinkConditions;
  readonly pace?: NodePace;
  /** Each node's clock is off by up to this much, either way. */
  readonly clockErrorMs?: number;
  readonly config?: Partial<ConsensusConfig>;
  readonly scheme?: SimulationScheme;
  readonly appState?: Json;
}

const DEFAULT_LINKS: LinkConditions = { delayMinMs: 5, delayMaxMs: 60, lossPerMille: 0 };
const DEFAULT_PACE: NodePace = { diskMinMs: 0, diskMaxMs: 2, verifyMs: 0 };
const DEFAULT_CLOCK_ERROR_MS = 50;

/** Several validators with the shipping engine, journal and signer on one virtual clock; a function of its seed. */
export interface World {
  readonly genesis: Genesis;
  readonly nodes: readonly SimulatedNode[];
  readonly network: VirtualNetwork;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly record: RunRecord;
  start(index: number): void;
  /** Runs until the condition holds; false when virtual time passed `untilMs` or nothing is left to happen. */
  runUntil(condition: () => boolean, untilMs: number): Promise<boolean>;
  stop(): void;
}

export const createWorld = (options: WorldOptions): World => {
  const { seed, validators: count, scheme = nullScheme(), pace = DEFAULT_PACE, clockErrorMs = DEFAULT_CLOCK_ERROR_MS } = options;
  const scheduler = createScheduler();
  const random = createSeededRandom(seed);
  const record = createRunRecord();
  const network = createVirtualNetwork(scheduler, random.fork(1), options.links ?? DEFAULT_LINKS);
  const validators = worldValidators(scheme, count);
  const genesis = worldGenesis(scheme, validators, options.config, options.appState);
  const starting = new Set<Promise<void>>();

  const nodes = validators.map(({ identity, keyPair }, index) =>
    createSimulatedNode({
      index,
      identity,
      keyPair,
      genesis,
      scheduler,
      random: random.fork(100 + index),
      network,
      scheme,
      pace,
      clockOffsetMs: WORLD_EPOCH_MS + BigInt(random.int(-clockErrorMs, clockErrorMs)),
      observe: (event) => {
        record.observe(index, event, scheduler.nowMs());
      },
    }),
  );

  const start = (index: number): void => {
    const starts = nodes[index]?.start();
    if (starts === undefined) return;
    starting.add(starts);
    void starts.finally(() => starting.delete(starts));
  };

  /** Promises of applications and of starting nodes settle before virtual time moves. */
  const settle = async (): Promise<void> => {
    if (starting.size > 0) await microtasks();
    for (const node of nodes) {
      const running = node.running();
      if (running?.isApplicationBusy() === true) await running.applicationIdle();
    }
  };

  const settleIfNeeded = (): Promise<void> | undefined =>
    starting.size > 0 || nodes.some((node) => node.running()?.isApplicationBusy() === true) ? settle() : undefined;

  return {
    genesis,
    nodes,
    network,
    scheduler,
    random,
    record,
    start,
    runUntil: async (condition, untilMs) => {
      await settle();
      while (!condition()) {
        const nextAtMs = scheduler.nextAtMs();
        if (nextAtMs === undefined || nextAtMs > untilMs) return false;
        scheduler.next();
        const settling = settleIfNeeded();
        if (settling !== undefined) await settling;
      }
      return true;
    },
    stop: () => {
      for (const node of nodes) node.crash(() => 0);
    },
  };

};

/** Enough turns of the microtask queue for chained promises to settle; nothing in a world waits for anything else. */
const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 64; turn++) await Promise.resolve();
};

export const peersOf = (nodes: readonly SimulatedNode[]): readonly PeerId[] => nodes.map(({ peer }) => peer);
