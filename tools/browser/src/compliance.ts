import { createMemoryHub, networkCompliance } from '@zhtp/network';
import {
  createMemoryBlockStore,
  createMemoryDisk,
  createMemoryStateStore,
  inEventLoop,
  keepNothing,
} from '@zhtp/store';
import { blockStoreCompliance, diskCompliance, stateStoreCompliance } from '@zhtp/store/compliance';
import { peerId } from '@zhtp/types';
import { either as E } from 'fp-ts';

interface Case {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Titles of the cases that hold, and what the others say. */
export interface ComplianceReport {
  readonly held: readonly string[];
  readonly failed: readonly string[];
}

const report = async (cases: readonly Case[]): Promise<ComplianceReport> => {
  const held: string[] = [];
  const failed: string[] = [];
  for (const { title, run } of cases)
    await run().then(
      () => held.push(title),
      (cause: unknown) => failed.push(`${title}: ${String(cause)}`),
    );
  return { held, failed };
};

const peer = (name: string) =>
  E.getOrElseW((reason: string): never => {
    throw new Error(reason);
  })(peerId(name));

const networkCases = (): readonly Case[] =>
  networkCompliance(async () => {
    const hub = createMemoryHub((task) => setTimeout(task, 0));
    const [a, b] = [hub.join(peer('a')), hub.join(peer('b'))];
    const close = async (): Promise<void> => {
      a.leave();
      b.leave();
    };
    return { a, b, peerA: a.peer, peerB: b.peer, gossipReady: async () => undefined, close };
  });

const diskCases = (): readonly Case[] =>
  diskCompliance.map(({ title, run }) => ({
    title,
    run: () => {
      const disk = createMemoryDisk({ schedule: inEventLoop });
      const restart = async () => createMemoryDisk({ schedule: inEventLoop, files: disk.crash(keepNothing) });
      return run({ disk, restart });
    },
  }));

const storeCases = (): readonly Case[] => [
  ...blockStoreCompliance.map(({ title, run }) => ({
    title,
    run: () => {
      const store = createMemoryBlockStore(inEventLoop);
      return run({ store, restart: async () => store });
    },
  })),
  ...stateStoreCompliance.map(({ title, run }) => ({
    title,
    run: () => {
      const store = createMemoryStateStore();
      return run({ store, restart: async () => store });
    },
  })),
];

/** The suites for implementations of the network and storage ports, held to the ones in memory. */
export const compliance = (): Promise<ComplianceReport> => report([...networkCases(), ...diskCases(), ...storeCases()]);
