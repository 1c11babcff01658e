import { correctPositions, positionOf, type BoundedWorld } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import type { Trace } from './counterexample.ts';
import { createMessageTable, describeMessage, type Message } from './message-table.ts';
import { createOffers } from './offers.ts';
import { createLogTable } from './sent-log.ts';
import { brokenTogether } from './shared-properties.ts';
import { begin, give } from './walker.ts';

/** What a trace does on fresh cores. */
export interface Replay {
  /** Everything that broke, at whatever step. */
  readonly breaches: readonly Breach[];
  /** Messages of correct nodes that were delivered and never sent: a trace that shows something has none. */
  readonly unsent: readonly string[];
}

/** Plays a trace on fresh cores, one for each correct node, without anything that a search has merged or remembered. */
export const replay = (world: BoundedWorld, trace: Trace): Replay => {
  const table = createMessageTable(world.byzantine);
  const tables = { world, table, logs: createLogTable(), offers: createOffers(world, table) };
  const walkers = correctPositions(world).map((self) => begin(tables, self));
  const breaches: Breach[] = [];
  const unsent: string[] = [];
  const wasSent = (message: Message): boolean =>
    world.byzantine.includes(message.from) ||
    walkers.some(({ self, log }) => self === message.from && log.sent.some(({ id }) => id === message.id));
  for (const { node, deliveries } of trace) {
    const walker = walkers.find(({ self }) => self === positionOf(node));
    if (walker === undefined) continue;
    for (const { input, label, messages } of deliveries) {
      const known = messages.map((message) => table.message(message));
      unsent.push(...known.filter((message) => !wasSent(message)).map(describeMessage));
      breaches.push(...(give(tables, walker, input, known) ?? []));
      const logs = walkers.map(({ self, log }) => [self, log] as const);
      breaches.push(...brokenTogether(world, logs));
      const owesDecision = input._tag === 'CertificateReceived' && input.certificate.kind === 'commit';
      if (owesDecision && walker.log.decided === null)
        breaches.push({ property: 'L1', detail: `${node} does not decide on a ${label}` });
    }
  }
  return { breaches, unsent };
};
