import type { NodeEvent, StateSyncOptions } from '@zhtp/engine';
import type { StorageProver } from '@zhtp/ledger';
import type {
  Application,
  ChainParameters,
  ConsensusConfig,
  FrozenValidator,
  Genesis,
  Json,
  PeerId,
  StateStore,
} from '@zhtp/types';
import type { KeepUnsynced } from '@zhtp/store';
import { worldGenesis, worldValidators, WORLD_EPOCH_MS } from './genesis-of-world.ts';
import { openLedger } from './ledger-of-node.ts';
import type { Interrupt } from './mortal-ports.ts';
import { createRunRecord, type RunRecord } from './run-record.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { votersOfGenesis } from './safety-voters.ts';
import { createSetSchedule } from './set-schedule.ts';
import { createNoChecker, createSafetyChecker, type SafetyChecker } from './safety-checker.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { nullScheme, type SimulationScheme } from './signature-scheme.ts';
import { createSimulatedNode, type NodePace, type SimulatedNode } from './simulated-node.ts';
import {
  createVirtualNetwork,
  type VirtualNetworkOptions,
  type LinkConditions,
  type VirtualNetwork,
} from './virtual-network.ts';

/** What a world is a function of. */
export interface WorldOptions {
  readonly seed: number;
  readonly validators: number;
  /** Nodes without a signer, numbered after the validators. */
  readonly fullNodes?: number;
  /** Second nodes with the key of these validators and a signer state of their own, numbered after the full nodes. */
  readonly twinsOf?: readonly number[];
  /** Nodes with keys of their own that genesis does not know, numbered last: an application may let them in. */
  readonly standbys?: number;
  /** Validators that may do anything, twins beside them: the checker demands nothing of their nodes. */
  readonly faulty?: readonly number[];
  /**
   * In which order events of one instant run. `by node`: each node does all it has to do then in a row, as a process does
   * whose event loop has polled, so that runs with very many nodes find in the processor's caches what a process of its own
   * would; `by time`, as they were scheduled, when left out. Either way a function of the seed, each another one.
   */
  readonly turns?: 'by node' | 'by time';
  /** `none` for runs that measure; everything is checked when left out. */
  readonly checks?: 'all' | 'none';
  /** How many of the last blocks nodes and record keep, for very long runs; all when left out. */
  readonly keptHeights?: bigint;
  readonly links?: LinkConditions;
  /** Whether the nodes with these numbers hold a connection; a full mesh when left out. */
  readonly areLinked?: (a: number, b: number) => boolean;
  /** Whether a payload of a direct stream gets from node to node; all do when left out. */
  readonly passes?: (from: number, to: number, payload: Uint8Array) => boolean;
  readonly pace?: NodePace;
  /** Each node's clock is off by up to this much, either way. */
  readonly clockErrorMs?: number;
  readonly config?: Partial<ConsensusConfig>;
  readonly parameters?: Partial<ChainParameters>;
  readonly scheme?: SimulationScheme;
  readonly appState?: Json;
  /** Answers storage challenges for whoever is asked; needed where the consensus type requires storage proofs. */
  readonly storageProver?: StorageProver;
  /** The ledger when left out. */
  readonly openApplication?: (store: StateStore) => Promise<Application>;
  /** What a node's application becomes in this world, if not what was opened. */
  readonly application?: (node: number, opened: Application) => Application;
  /** The set of each height, the same set as the same array, for the checker: what applications decide when left out. */
  readonly validatorsAt?: (height: bigint) => readonly FrozenValidator[];
  /** Protocols a node speaks, asked at each start: those of this version when left out. */
  readonly protocols?: (node: number) => readonly number[];
  /** How a node joins that has no blocks, asked at each start: it executes every block when left out. */
  readonly stateSync?: (node: number) => StateSyncOptions | undefined;
  /** Asked at each call of a node's engine on its ports: where processes die. */
  readonly interrupt?: (node: number) => Interrupt;
  /** What such a death leaves of unsynced bytes: a random part of each file when left out. */
  readonly keepUnsynced?: KeepUnsynced;
  readonly observe?: (node: number, event: NodeEvent) => void;
  /** Sees each payload of a direct stream as it leaves a node. */
  readonly sent?: (node: number, payload: Uint8Array) => void;
  /** Sees each payload of a direct stream as it comes to a node, by the node's clock. */
  readonly delivered?: (node: number, payload: Uint8Array, receivedAtMs: bigint) => void;
}

/** Links of a world where nothing else is said. */
export const DEFAULT_LINKS: LinkConditions = { delayMinMs: 5, delayMaxMs: 60, lossPerMille: 0 };

/** Disks and verification of its nodes where nothing else is said. */
export const DEFAULT_PACE: NodePace = { diskMinMs: 0, diskMaxMs: 2, verifyMs: 0 };
const DEFAULT_CLOCK_ERROR_MS = 50;

/** Several nodes with the shipping engine, journal and signer on one virtual clock; a function of its seed. */
export interface World {
  readonly genesis: Genesis;
  readonly nodes: readonly SimulatedNode[];
  readonly network: VirtualNetwork;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly record: RunRecord;
  readonly checker: SafetyChecker;
  start(index: number): void;
  /** Kills the process; each file keeps a random part of what was not synced. */
  crash(index: number): void;
  /** Runs until the condition holds; false when virtual time passed `untilMs` or nothing is left to happen. */
  runUntil(condition: () => boolean, untilMs: number): Promise<boolean>;
  stop(): void;
}

const numbers = new Map<PeerId, number>();

/** The number in a node's name. */
const indexOfPeer = (peer: PeerId): number => {
  const known = numbers.get(peer);
  if (known !== undefined) return known;
  const index = Number(peer.slice(peer.indexOf('-') + 1));
  numbers.set(peer, index);
  return index;
};

export const createWorld = (options: WorldOptions): World => {
  const { seed, validators: count, fullNodes = 0, twinsOf = [], scheme = nullScheme(), pace = DEFAULT_PACE } = options;
  const { clockErrorMs = DEFAULT_CLOCK_ERROR_MS, areLinked = () => true, passes, interrupt, application } = options;
  const scheduler = createScheduler();
  const random = createSeededRandom(seed);
  const record = createRunRecord(options.keptHeights);
  const { standbys = 0, openApplication, protocols, stateSync } = options;
  const known = worldValidators(scheme, count + standbys);
  const validators = known.slice(0, count);
  const genesis = worldGenesis(scheme, validators, options.config, options.appState, options.parameters);
  const keys = [
    ...validators,
    ...Array.from({ length: fullNodes }, () => undefined),
    ...twinsOf.map((index) => validators[index]),
    ...known.slice(count),
  ];
  const faulty = [...twinsOf, ...(options.faulty ?? [])].flatMap((index) => validators[index]?.identity ?? []);
  const schedule = createSetSchedule(options.validatorsAt ?? votersOfGenesis(genesis));
  const checker =
    options.checks === 'none'
      ? createNoChecker()
      : createSafetyChecker(
          {
            genesis,
            nodes: keys.map((key) => key?.identity),
            faulty: new Set(faulty),
            votersAt: options.validatorsAt ?? schedule.votersAt,
          },
          (node) => nodes[node]?.running()?.status()?.round,
        );
  // What a stranger says binds nobody's key.
  const watching: VirtualNetworkOptions = {
    sent: (from, payload) => {
      const node = indexOfPeer(from);
      if (node >= nodes.length) return;
      checker.sent(node, payload);
      options.sent?.(node, payload);
    },
    published: (from, topic, payload) => {
      const node = indexOfPeer(from);
      if (node < nodes.length && topic === 'evidence') checker.published(node, payload);
    },
    delivered: (to, payload, receivedAtMs) => {
      const node = indexOfPeer(to);
      if (node >= nodes.length) return;
      checker.delivered(node, payload, receivedAtMs);
      options.delivered?.(node, payload, receivedAtMs);
    },
  };
  const isWatched = options.checks !== 'none' || options.sent !== undefined || options.delivered !== undefined;
  const network = createVirtualNetwork(scheduler, random.fork(1), options.links ?? DEFAULT_LINKS, {
    ...(isWatched ? watching : {}),
    areLinked: (a, b) => areLinked(indexOfPeer(a), indexOfPeer(b)),
    ...(passes === undefined
      ? {}
      : { passes: (from, to, payload) => passes(indexOfPeer(from), indexOfPeer(to), payload) }),
  });

  /** Nodes with something that may settle in promises only: asking all of them after each event would cost more than most events. */
  const stirred = new Set<number>();
  const nodes = keys.map((key, index) =>
    createSimulatedNode({
      name: `node-${String(index)}`,
      key,
      genesis,
      scheduler,
      ...(options.turns === 'by node' ? { party: index + 1 } : {}),
      random: random.fork(100 + index),
      network,
      scheme,
      pace,
      clockOffsetMs: WORLD_EPOCH_MS + BigInt(random.int(-clockErrorMs, clockErrorMs)),
      ...(options.keptHeights === undefined ? {} : { keptHeights: options.keptHeights }),
      ...(interrupt === undefined ? {} : { interrupt: interrupt(index) }),
      ...(options.keepUnsynced === undefined ? {} : { keepUnsynced: options.keepUnsynced }),
      ...(protocols === undefined ? {} : { protocols: () => protocols(index) }),
      ...(stateSync === undefined ? {} : { stateSync: () => stateSync(index) }),
      openApplication: async (store) => {
        const opened = await (openApplication ?? openLedger(scheme, options.storageProver))(store);
        return schedule.watching(application?.(index, opened) ?? opened);
      },
      stirred: () => {
        stirred.add(index);
      },
      observe: (event) => {
        record.observe(index, event, scheduler.nowMs());
        checker.observe(index, event);
        options.observe?.(index, event);
      },
    }),
  );

  /** Promises of applications and of starting nodes settle before virtual time moves. */
  const settle = async (): Promise<void> => {
    for (const index of stirred) {
      const node = nodes[index];
      if (node?.isSettling() === true) await node.settle();
      if (node?.isSettling() !== true) stirred.delete(index);
    }
  };

  return {
    genesis,
    nodes,
    network,
    scheduler,
    random,
    record,
    checker,
    start: (index) => {
      void nodes[index]?.start();
    },
    crash: (index) => {
      nodes[index]?.crash((_name, unsynced) => random.int(0, unsynced));
    },
    runUntil: async (condition, untilMs) => {
      await settle();
      while (!condition()) {
        const nextAtMs = scheduler.nextAtMs();
        if (nextAtMs === undefined || nextAtMs > untilMs) return false;
        scheduler.next();
        if (stirred.size > 0) await settle();
      }
      return true;
    },
    stop: () => {
      for (const node of nodes) node.crash(() => 0);
    },
  };
};
