import { either as E } from 'fp-ts';
import { createConsensusNode, type ConsensusNode, type NodeEvent, type StateSyncOptions } from '@zhtp/engine';
import { genesisHashOf } from '@zhtp/chain';
import {
  createMemoryBlockStore,
  createMemoryChainStateStore,
  createMemoryDisk,
  createMemoryStateStore,
  createSigner,
  openJournal,
  type KeepUnsynced,
  type MemoryDisk,
  type OpenedJournal,
  type OpenedSigner,
} from '@zhtp/store';
import {
  causeText,
  type Application,
  type BlockStore,
  type Genesis,
  type IdentityId,
  type KeyPair,
  type PeerId,
  type StateStore,
  type Timers,
} from '@zhtp/types';
import { openLedger } from './ledger-of-node.ts';
import { mortalPorts, type Interrupt } from './mortal-ports.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulationScheme } from './signature-scheme.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** How long the parts of a node take to answer, virtual milliseconds, both ends included. */
export interface NodePace {
  readonly diskMinMs: number;
  readonly diskMaxMs: number;
  readonly verifyMs: number;
}

/** Whose key a node signs with. */
export interface SimulatedKey {
  readonly identity: IdentityId;
  readonly keyPair: KeyPair;
}

/** One node of a world: whose it is, and what it stands on. */
export interface SimulatedNodeOptions {
  readonly name: string;
  /** Absent on a full node. */
  readonly key: SimulatedKey | undefined;
  readonly genesis: Genesis;
  readonly scheduler: Scheduler;
  /** Of the scheduler, to which all events of this node belong; none of their own when left out. */
  readonly party?: number;
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly scheme: SimulationScheme;
  readonly pace: NodePace;
  /** How many blocks the store keeps; all when left out. */
  readonly keptHeights?: bigint;
  /** Unix milliseconds at virtual time 0, with this node's own error. */
  readonly clockOffsetMs: bigint;
  readonly openApplication?: (store: StateStore) => Promise<Application>;
  /** Protocols it speaks, asked at each start: those of this version when left out. */
  readonly protocols?: () => readonly number[];
  /** Joins by a snapshot when it has no blocks, asked at each start: executes every block when left out. */
  readonly stateSync?: () => StateSyncOptions | undefined;
  /** Asked at each call of the engine on its ports. */
  readonly interrupt?: Interrupt;
  /** What a death at such a call leaves of unsynced bytes: a random part of each file when left out. */
  readonly keepUnsynced?: KeepUnsynced;
  /** From now on something of this node may settle in promises only: it starts, dies or asks its application. */
  readonly stirred?: () => void;
  readonly observe: (event: NodeEvent) => void;
}

/** A node of the world: what survives a crash, and the incarnation that runs now, if any. */
export interface SimulatedNode {
  readonly peer: PeerId;
  readonly identity: IdentityId | undefined;
  /** Opens journal, signer and stores and starts the engine; `fault` says why when it cannot. Ignored when it is up. */
  start(): Promise<void>;
  /** The process dies here and now; unsynced bytes of its disk are lost as `keep` says. */
  crash(keep: KeepUnsynced): void;
  running(): ConsensusNode | undefined;
  /** True while promises of it may be on their way: the world settles them before its next event. */
  isSettling(): boolean;
  /** Waits for what this node's promises can still do in this instant. */
  settle(): Promise<void>;
  /** Why a start failed, or what stopped the last incarnation by itself. */
  fault(): string | undefined;
  blocks(): BlockStore;
  /** Journal and signer files as the next start finds them; empty before the first death. */
  files(): ReadonlyMap<string, Uint8Array>;
  /** Flips bit 0–7 of a byte on the disk of a node that is down: damage. */
  damage(file: string, offset: number, bit: number): void;
  setPace(pace: NodePace): void;
  /** Moves the wall clock; timers do not notice. */
  shiftClock(byMs: bigint): void;
}

/** Enough turns of the microtask queue for chained promises to settle; nothing in a world waits for anything else. */
const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 64; turn++) await Promise.resolve();
};

/** An application that tells whenever one of its calls is about to be made. */
const noticing = (application: Application, asked: () => void): Application =>
  new Proxy(application, {
    get: (target, name): unknown => {
      asked();
      const member: unknown = Reflect.get(target, name);
      // Bound to the application itself: its private members are not the proxy's.
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });

export const createSimulatedNode = (options: SimulatedNodeOptions): SimulatedNode => {
  const { scheduler, party, random, network, genesis, key, scheme, stirred = () => undefined } = options;
  const peer = options.name as PeerId;
  const genesisHash = genesisHashOf(genesis);
  let { pace, clockOffsetMs } = options;
  const diskMs = (): number => random.int(pace.diskMinMs, pace.diskMaxMs);
  const onDisk = (run: () => void): void => {
    scheduler.later(diskMs(), run, party);
  };
  const stateStore = createMemoryStateStore();
  // Blocks and chain states are as durable as their answers: a save that did not answer may be there or not.
  const blockStore = createMemoryBlockStore(onDisk, options.keptHeights);
  const chainStates = createMemoryChainStateStore(onDisk);
  let files: ReadonlyMap<string, Uint8Array> = new Map();
  let disk: MemoryDisk | undefined;
  let node: ConsensusNode | undefined;
  let fault: string | undefined;
  let starting = false;
  /** It died, and promises of it may still be on their way. */
  let dying = false;
  let hasSigned = false;
  let incarnation = 0;
  /** Whoever waits for the application of an incarnation that dies waits no longer. */
  let announceDeath: () => void = () => undefined;

  /** What the clock showed last: it is read for each message, and many arrive at one instant. */
  let reading = { atMs: Number.NaN, nowMs: 0n };
  const nowMs = (): bigint => {
    const atMs = scheduler.nowMs();
    if (reading.atMs !== atMs) reading = { atMs, nowMs: BigInt(Math.floor(atMs)) + clockOffsetMs };
    return reading.nowMs;
  };

  /** Answers and timers of a dead incarnation never arrive. */
  const whileAlive =
    (mine: number, delayMs: () => number) =>
    (run: () => void): void => {
      scheduler.later(
        delayMs(),
        () => {
          if (incarnation === mine) run();
        },
        party,
      );
    };

  const timersOf = (mine: number): Timers => ({
    start: (afterMs, fire) =>
      scheduler.after(
        afterMs,
        () => {
          if (incarnation === mine) fire();
        },
        party,
      ),
  });

  /** Nothing of this incarnation has an effect any more; what was not synced may be lost. */
  const die = (keep: KeepUnsynced): void => {
    incarnation += 1;
    network.leave(peer);
    node = undefined;
    starting = false;
    dying = true;
    stirred();
    if (disk !== undefined) files = disk.crash(keep);
    announceDeath();
  };

  const tornAnywhere: KeepUnsynced = (_name, unsynced) => random.int(0, unsynced);

  /** A promise of an answer that comes in virtual time. */
  const opened = <A>(open: (done: (result: E.Either<{ readonly message: string }, A>) => void) => void): Promise<A> =>
    new Promise((resolve, reject) => {
      open((result) => {
        if (E.isLeft(result)) reject(new Error(result.left.message));
        else resolve(result.right);
      });
    });

  const openSigner = (ownDisk: MemoryDisk, { identity, keyPair }: SimulatedKey, schedule: (run: () => void) => void) =>
    opened<OpenedSigner>((done) => {
      const sign = scheme.signFunction(keyPair);
      createSigner(
        {
          disk: ownDisk,
          fileName: 'signer.state',
          sign: (request, signed) => {
            schedule(() => {
              sign(request, signed);
            });
          },
          identity,
          algorithm: keyPair.algorithm,
          publicKeys: [keyPair.publicKey],
          genesisHash,
          // The state file comes with the keys: once it was there, a node without it must not sign.
          whenMissing: hasSigned ? 'refuse' : 'create',
          schedule,
        },
        done,
      );
    });

  const open = async (mine: number, ownDisk: MemoryDisk): Promise<void> => {
    const schedule = whileAlive(mine, diskMs);
    const journal = await opened<OpenedJournal>((done) => {
      openJournal(ownDisk, done, {
        random: (length) => {
          const bytes = new Uint8Array(length);
          for (let at = 0; at < length; at++) bytes[at] = random.int(0, 255);
          return bytes;
        },
        schedule,
      });
    });
    const signer = key === undefined ? undefined : (await openSigner(ownDisk, key, schedule)).signer;
    hasSigned = signer !== undefined;
    const application = noticing(await (options.openApplication ?? openLedger(scheme))(stateStore), stirred);
    if (incarnation !== mine) return;
    const ports = {
      clock: { nowMs },
      timers: timersOf(mine),
      network: network.join(peer, key?.identity, nowMs, party),
      journal: journal.journal,
      blockStore,
      chainStates,
      signer,
      verifier: scheme.verifier(whileAlive(mine, () => pace.verifyMs)),
      application,
    };
    const { interrupt, protocols } = options;
    const stateSync = options.stateSync?.();
    const started = createConsensusNode({
      genesis,
      journalRecords: journal.records,
      ...(protocols === undefined ? {} : { protocols: protocols() }),
      ...(stateSync === undefined ? {} : { stateSync }),
      ports:
        interrupt === undefined
          ? ports
          : mortalPorts(ports, interrupt, () => {
              die(options.keepUnsynced ?? tornAnywhere);
            }),
    });
    node = started;
    started.events$.subscribe((event) => {
      if (incarnation !== mine) return;
      if (event._tag === 'Halted') fault = event.reason;
      options.observe(event);
    });
    started.start((result) => {
      starting = false;
      if (E.isLeft(result)) fault = result.left;
    });
  };

  // No race with a promise of death: each race would stay with that promise for as long as the node lives.
  const untilIdleOrDead = (running: ConsensusNode): Promise<void> =>
    new Promise((resolve, reject) => {
      announceDeath = resolve;
      running.applicationIdle().then(resolve, reject);
    });

  return {
    peer,
    identity: key?.identity,
    start: async () => {
      if (node !== undefined || starting) return;
      const mine = ++incarnation;
      fault = undefined;
      starting = true;
      stirred();
      // It dies with the process, and answers nothing from then on.
      disk = createMemoryDisk({ schedule: onDisk, files });
      try {
        await open(mine, disk);
      } catch (cause) {
        if (incarnation !== mine) return;
        starting = false;
        fault = causeText(cause);
      }
    },
    crash: (keep) => {
      const last = node;
      die(keep);
      last?.stop();
    },
    running: () => node,
    isSettling: () => starting || dying || node?.isApplicationBusy() === true,
    settle: async () => {
      if (starting || dying) await microtasks();
      dying = false;
      // A process that dies at a call of its application never hears the answer.
      if (node?.isApplicationBusy() === true) await untilIdleOrDead(node);
    },
    fault: () => fault,
    blocks: () => blockStore,
    files: () => files,
    damage: (file, offset, bit) => {
      const bytes = files.get(file)?.slice();
      if (bytes === undefined) return;
      bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
      files = new Map([...files, [file, bytes]]);
    },
    setPace: (next) => {
      pace = next;
    },
    shiftClock: (byMs) => {
      clockOffsetMs += byMs;
      reading = { atMs: Number.NaN, nowMs: 0n };
    },
  };
};
