import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { statusOf } from '../status.ts';
import type { WiredNode } from '../wiring.ts';
import type { EventReaders } from './event-readers.ts';

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** A registry of its own per node. Values are read when they are asked for; nothing is counted twice. */
export const createMetrics = (wired: WiredNode, readers: EventReaders): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const status = (): ReturnType<typeof statusOf> => statusOf(wired);

  const single = (name: string, help: string, read: () => number | undefined): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => {
        gauge.set(read() ?? 0);
      },
    });
  };
  const labelled = (name: string, help: string, label: string, read: () => readonly Sample[]): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect: () => {
        for (const { labels, value } of read()) gauge.set({ ...labels }, value);
      },
    });
  };
  const samples = (label: string, counts: object): readonly Sample[] =>
    Object.entries(counts).flatMap(([name, value]) =>
      typeof value === 'number' ? [{ labels: { [label]: name }, value }] : [],
    );

  single('zhtp_height', 'Last committed height', () => Number(status()?.height ?? 0n));
  single('zhtp_round', 'Round of the height in progress', () => status()?.deciding.round);
  single(
    'zhtp_block_time_seconds',
    'Unix time of the last committed block',
    () => Number(status()?.blockTime ?? 0n) / 1_000,
  );
  single('zhtp_block_interval_seconds', 'Time between the last two committed blocks', () => intervals.lastMs / 1_000);
  single('zhtp_peers', 'Connected peers', () => status()?.peers);
  single('zhtp_validators', 'Validators of the current set', () => wired.node.status()?.state.validators.length);
  single(
    'zhtp_validators_silent',
    'Validators without a heartbeat for 10 s',
    () => wired.node.status()?.liveness.timedOutValidators.length,
  );
  single('zhtp_stalled', '1 when so many validators are silent that the rest may be no quorum', () =>
    wired.node.status()?.liveness.isStalled === true ? 1 : 0,
  );
  single('zhtp_mempool_transactions', 'Transactions waiting', () => status()?.mempool.transactions);
  single('zhtp_mempool_bytes', 'Bytes of the transactions waiting', () => Number(status()?.mempool.bytes ?? 0n));
  single('zhtp_halted', '1 when the node stopped itself', () => (wired.node.status()?.halted === undefined ? 0 : 1));
  single('zhtp_state_sync_chunks', 'Chunks of a snapshot taken over since the start', () => joined.chunks);
  single('zhtp_state_sync_height', 'Height of the snapshot that was taken over since the start; 0: none', () =>
    Number(joined.height),
  );
  single('zhtp_journal_syncs', 'Journal syncs since the start', () => wired.journalCounts().syncs);
  single(
    'zhtp_journal_sync_seconds',
    'Time journal syncs took in all, since the start',
    () => wired.journalCounts().syncMs / 1_000,
  );
  single('zhtp_journal_records', 'Journal records since the start', () => wired.journalCounts().records);
  single('zhtp_journal_bytes', 'Bytes of journal records since the start', () => wired.journalCounts().bytes);
  labelled('zhtp_signatures', 'Signature verifications by outcome or state', 'state', () =>
    samples('state', wired.verifier.counters()),
  );
  labelled('zhtp_consensus_events', 'What the engine counted since the start', 'event', () =>
    samples('event', wired.node.status()?.counters ?? {}),
  );
  labelled('zhtp_event_readers', 'Readers of /events: open now; dropped and refused since the start', 'state', () =>
    samples('state', readers.counts()),
  );
  labelled('zhtp_network_events', 'What the network counted since the start', 'event', () =>
    samples('event', wired.network.counters()),
  );

  const intervals = blockIntervals(wired);
  const joined = stateSync(wired);
  return registry;
};

const stateSync = (wired: WiredNode): { readonly chunks: number; readonly height: bigint } => {
  const joined = { chunks: 0, height: 0n };
  wired.node.events$.subscribe((event) => {
    if (event._tag !== 'StateSync') return;
    if (event.stage === 'Restoring') joined.chunks += 1;
    if (event.stage === 'Restored') joined.height = event.height;
  });
  return joined;
};

const blockIntervals = (wired: WiredNode): { readonly lastMs: number } => {
  const intervals = { lastMs: 0 };
  let before: bigint | undefined;
  wired.node.events$.subscribe((event) => {
    if (event._tag !== 'BlockCommitted') return;
    const { time } = event.block.header;
    if (before !== undefined) intervals.lastMs = Number(time - before);
    before = time;
  });
  return intervals;
};
