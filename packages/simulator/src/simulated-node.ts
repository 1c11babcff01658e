import { either as E } from 'fp-ts';
import { createConsensusNode, type ConsensusNode, type NodeEvent } from '@zhtp/engine';
import { genesisHashOf } from '@zhtp/chain';
import { LedgerApplication } from '@zhtp/ledger';
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
import type { Application, Genesis, IdentityId, KeyPair, PeerId, StateStore, Timers } from '@zhtp/types';
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

export interface SimulatedNodeOptions {
  readonly index: number;
  readonly identity: IdentityId;
  readonly keyPair: KeyPair;
  readonly genesis: Genesis;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly scheme: SimulationScheme;
  readonly pace: NodePace;
  /** Unix milliseconds at virtual time 0, with this node's own error. */
  readonly clockOffsetMs: bigint;
  readonly openApplication?: (store: StateStore) => Promise<Application>;
  readonly observe: (event: NodeEvent) => void;
}

/** A validator of the world: what survives a crash, and the incarnation that runs now, if any. */
export interface SimulatedNode {
  readonly peer: PeerId;
  readonly identity: IdentityId;
  /** Opens journal, signer and stores and starts the engine; refuses in words when it cannot. */
  start(): Promise<void>;
  /** The process dies here and now; unsynced bytes of its disk are lost as `keep` says. */
  crash(keep: KeepUnsynced): void;
  running(): ConsensusNode | undefined;
  /** Why a start failed, or what stopped the last incarnation by itself. */
  fault(): string | undefined;
  disk(): MemoryDisk;
}

export const createSimulatedNode = (options: SimulatedNodeOptions): SimulatedNode => {
  const { scheduler, random, network, genesis, keyPair, identity, pace, scheme } = options;
  const peer = `node-${String(options.index)}` as PeerId;
  const stateStore = createMemoryStateStore();
  // Blocks and chain states are as durable as their answers: a save that did not answer may be there or not.
  const storeSchedule = (run: () => void): void => {
    scheduler.after(random.int(pace.diskMinMs, pace.diskMaxMs), run);
  };
  const blockStore = createMemoryBlockStore(storeSchedule);
  const chainStates = createMemoryChainStateStore(storeSchedule);
  let files: ReadonlyMap<string, Uint8Array> = new Map();
  let disk: MemoryDisk | undefined;
  let node: ConsensusNode | undefined;
  let fault: string | undefined;
  let incarnation = 0;

  const nowMs = (): bigint => BigInt(Math.floor(scheduler.nowMs())) + options.clockOffsetMs;

  /** Answers and timers of a dead incarnation never arrive. */
  const whileAlive = (mine: number, delayMs: () => number) => (run: () => void): void => {
    scheduler.after(delayMs(), () => {
      if (incarnation === mine) run();
    });
  };

  const timersOf = (mine: number): Timers => ({
    start: (afterMs, fire) =>
      scheduler.after(afterMs, () => {
        if (incarnation === mine) fire();
      }),
  });

  /** A promise of an answer that comes in virtual time. */
  const opened = <A>(open: (done: (result: E.Either<{ readonly message: string }, A>) => void) => void): Promise<A> =>
    new Promise((resolve, reject) => {
      open((result) => {
        if (E.isLeft(result)) reject(new Error(result.left.message));
        else resolve(result.right);
      });
    });

  const openApplication = options.openApplication ?? (async (store: StateStore) => {
    const application = await LedgerApplication.open({
      store,
      verifier: {
        concurrency: 1,
        verify: (check, done) => {
          scheme.verifier(queueMicrotask).verify({ ...check, priority: { height: 0n, round: 0 } }, (verdict) => {
            done(verdict === 'valid' ? 'valid' : 'invalid');
          });
        },
      },
    })();
    if (E.isLeft(application)) throw new Error(application.left.message);
    return application.right;
  });

  const start = async (): Promise<void> => {
    const mine = ++incarnation;
    fault = undefined;
    const schedule = whileAlive(mine, () => random.int(pace.diskMinMs, pace.diskMaxMs));
    const ownDisk = createMemoryDisk({ schedule, files });
    disk = ownDisk;
    const fresh = files.size === 0;
    try {
      const journal = await opened<OpenedJournal>((done) => {
        openJournal(ownDisk, done, { random: (length) => Uint8Array.from({ length }, () => random.int(0, 255)), schedule });
      });
      const signer = await opened<OpenedSigner>((done) => {
        createSigner(
          {
            disk: ownDisk,
            fileName: 'signer.state',
            sign: (request, signed) => {
              const sign = scheme.signFunction(keyPair);
              schedule(() => {
                sign(request, signed);
              });
            },
            identity,
            algorithm: keyPair.algorithm,
            publicKey: keyPair.publicKey,
            genesisHash: genesisHashOf(genesis),
            whenMissing: fresh ? 'create' : 'refuse',
            schedule,
          },
          done,
        );
      });
      const application = await openApplication(stateStore);
      if (incarnation !== mine) return;
      const started = createConsensusNode({
        genesis,
        journalRecords: journal.records,
        ports: {
          clock: { nowMs },
          timers: timersOf(mine),
          network: network.join(peer, identity, nowMs),
          journal: journal.journal,
          blockStore,
          chainStates,
          signer: signer.signer,
          verifier: scheme.verifier(whileAlive(mine, () => pace.verifyMs)),
          application,
        },
      });
      node = started;
      started.events$.subscribe((event) => {
        if (event._tag === 'Halted') fault = event.reason;
        options.observe(event);
      });
      started.start((result) => {
        if (E.isLeft(result)) fault = result.left;
      });
    } catch (cause) {
      fault = cause instanceof Error ? cause.message : String(cause);
    }
  };

  return {
    peer,
    identity,
    start,
    crash: (keep) => {
      incarnation += 1;
      network.leave(peer);
      node?.stop();
      node = undefined;
      if (disk !== undefined) files = disk.crash(keep);
    },
    running: () => node,
    fault: () => fault,
    disk: () => {
      if (disk === undefined) throw new Error(`${peer} was never started`);
      return disk;
    },
  };
};
