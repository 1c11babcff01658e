import type { JournalEntry } from './journal-entry.ts';
import type { CoreInput } from '../node-context.ts';

type OwnCounted = Extract<JournalEntry, { readonly _tag: 'OwnCounted' }>;
type OwnInput = Extract<CoreInput, { readonly _tag: 'OwnSigned' }>;

/** The record that goes before an own message into the core. */
export const ownCounted = ({ message }: OwnInput): OwnCounted => {
  if (message._tag === 'Proposal') {
    const { height, round } = message.proposal.proposal;
    return { _tag: 'OwnCounted', height, round, step: 'proposal' };
  }
  const { height, round, kind } = message.vote.vote;
  return { _tag: 'OwnCounted', height, round, step: kind };
};

/**
 * An own message is journaled and synced before it is sent, and only then given to the core (protocol.md, Durability). What
 * the core took meanwhile stands between the two, so a replay holds each own message back until the place where the core
 * had it: in another order the core could end up without a lock under which this node signed.
 */
export interface OwnOrder {
  /** A journaled own message. */
  hold(input: OwnInput): void;
  /** The core took it here. */
  take(entry: OwnCounted): OwnInput | undefined;
  /** Those that the core had not taken when the node stopped, in the order of the journal. */
  rest(): readonly OwnInput[];
}

const keyOf = ({ height, round, step }: OwnCounted): string => `${String(height)}/${String(round)}/${step}`;

export const createOwnOrder = (): OwnOrder => {
  const held = new Map<string, OwnInput>();
  return {
    hold: (input) => {
      held.set(keyOf(ownCounted(input)), input);
    },
    take: (entry) => {
      const input = held.get(keyOf(entry));
      held.delete(keyOf(entry));
      return input;
    },
    rest: () => [...held.values()],
  };
};
