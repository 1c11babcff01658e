import {
  createScheduler,
  createSeededRandom,
  createVirtualNetwork,
  DEFAULT_LINKS,
  DEFAULT_PACE,
} from '@zhtp/simulator';
import { createMemoryDisk, type MemoryDisk } from '@zhtp/store';
import type { Network, PeerId } from '@zhtp/types';
import { threadSeconds } from './cpu-time.ts';
import type { MeasuredRun } from './measured-run.ts';

const FILE = 'stub.log';
const WARM_UP_SHARE = 4;

interface Stub {
  readonly network: Network;
  readonly disk: MemoryDisk;
}

/** An append, a sync, and so on, as often as a node asks its disk in a height; the file begins anew with each height. */
const store = (disk: MemoryDisk, record: Uint8Array, calls: number): void => {
  if (calls <= 1) disk.remove(FILE, () => undefined);
  else
    disk.append(FILE, record, () => {
      disk.sync(FILE, () => {
        store(disk, record, calls - 2);
      });
    });
};

/**
 * CPU seconds per delivery of the virtual world by itself: scheduler, network and memory disk under stubs that send, verify
 * and store as often as the nodes of a run did, messages of the same mean length. Events of the run that were neither a
 * delivery nor the answer to a verification count as disk calls of two events each.
 */
export const worldSecondsPerDelivery = (run: MeasuredRun, validators: number): number => {
  const scheduler = createScheduler();
  const random = createSeededRandom(1);
  const network = createVirtualNetwork(scheduler, random.fork(1), DEFAULT_LINKS);
  const diskMs = (): number => random.int(DEFAULT_PACE.diskMinMs, DEFAULT_PACE.diskMaxMs);
  const schedule = (answer: () => void): void => {
    scheduler.later(diskMs(), answer);
  };
  const peers = Array.from({ length: validators }, (_, index) => `node-${String(index)}` as PeerId);
  const stubs = peers.map((peer): Stub => {
    const joined = network.join(peer, undefined, () => BigInt(Math.floor(scheduler.nowMs())));
    joined.inbound$.subscribe(() => {
      scheduler.later(0, () => undefined);
    });
    joined.peers$.subscribe(() => undefined);
    return { network: joined, disk: createMemoryDisk({ schedule }) };
  });
  const payload = new Uint8Array(run.meanPayloadBytes);
  const perNodeAndHeight = run.deliveries / run.heights / validators;
  const broadcasts = Math.max(1, Math.round(perNodeAndHeight / (validators - 1)));
  const diskCalls = Math.max(0, Math.round((run.events - 2 * run.deliveries) / run.heights / validators / 2));

  const height = (): void => {
    for (const [index, stub] of stubs.entries()) {
      store(stub.disk, payload, diskCalls);
      for (let sent = 0; sent < broadcasts; sent++)
        for (const [to, peer] of peers.entries()) if (to !== index) stub.network.send(peer, payload);
    }
    while (scheduler.next());
  };

  while (scheduler.next());
  for (let done = 0; done < run.heights / WARM_UP_SHARE; done++) height();
  const before = network.counters().delivered;
  const start = threadSeconds();
  for (let done = 0; done < run.heights; done++) height();
  const seconds = threadSeconds() - start;
  return seconds / (network.counters().delivered - before);
};
