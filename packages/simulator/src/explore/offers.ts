import type { BoundedWorld } from './bounded-world.ts';
import { byzantineMessages, certificatesOf, type Delivery, type Message, type MessageTable } from './message-table.ts';
import type { SentLog } from './sent-log.ts';

/** What can happen to a node, given what it said itself and what the other correct nodes said. */
export type Offers = (self: number, own: SentLog, others: readonly SentLog[]) => readonly Delivery[];

/**
 * Messages are never lost and never used up: whatever was sent can be delivered to anybody at any later time, or never.
 * Liars can deliver all they could sign, to each node something else. Timeouts elapse whenever they like; one that the
 * core does not wait for changes nothing. In the last round of the bound nothing takes a node further.
 */
export const createOffers = (world: BoundedWorld, table: MessageTable): Offers => {
  const lies = byzantineMessages(world, table);
  const rounds = world.proposers.map((_proposer, round) => round);
  const always = [
    ...lies.map((message) => table.deliver(message)),
    ...rounds.flatMap((round) => timeouts(world, table, round)),
  ];
  const untimely = world.evidenceContents ? (message: Message) => table.untimely(message) : null;
  const late = (messages: readonly Message[]): readonly Delivery[] =>
    untimely === null
      ? []
      : messages.filter(({ kind, earlier }) => kind === 'proposal' && earlier === null).map(untimely);
  const known = new Map<string, readonly Delivery[]>();

  return (self, own, others) => {
    const key = `${String(self)} ${String(own.id)} ${others.map(({ id }) => id).join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const heard = others.flatMap(({ sent }) => sent);
    const offered = [
      ...always,
      ...late([...lies, ...heard]),
      ...rounds
        .filter((round) => world.proposers[round] === self)
        .flatMap((round) => world.values.map((value) => table.built(round, value))),
      ...heard.map((message) => table.deliver(message)),
      ...certificatesOf(world, table, [...lies, ...own.sent, ...heard]),
    ];
    known.set(key, offered);
    return offered;
  };
};

const timeouts = ({ proposers }: BoundedWorld, table: MessageTable, round: number): readonly Delivery[] => [
  table.timeout('propose', round),
  table.timeout('prevote', round),
  ...(round + 1 < proposers.length ? [table.timeout('precommit', round)] : []),
];
