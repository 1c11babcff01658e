import type { LedgerState } from '@zhtp/ledger';
import type { DaoProposalStatus, FinalizeBlockResult } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { DrawnTransaction } from './draw-transaction.ts';
import { MESSAGE_TAGS, type MessageTag } from './message-makers.ts';

/** Messages of one kind in blocks; of a transaction that failed, the one that made it fail. */
export interface MessageCount {
  readonly succeeded: number;
  readonly refused: number;
}

const HAPPENINGS = [
  'blocks',
  'transactions',
  /** Drawn, and left out by whoever built the block. */
  'leftOut',
  /** Blocks with a transaction that makes them invalid; all were refused. */
  'badBlocksRefused',
  'evidence',
  'slashes',
  'tombstones',
  'jailed',
  'released',
  'registered',
  'setChanges',
  'epochs',
  'parameterChanges',
  'proposals',
  'votes',
  'restarts',
] as const;
type Happening = (typeof HAPPENINGS)[number];

/** What happened in one run or in many. */
export interface SoakCounts {
  readonly messages: ReadonlyMap<MessageTag, MessageCount>;
  /** Proposals by how they ended. */
  readonly closed: ReadonlyMap<DaoProposalStatus, number>;
  readonly happened: Readonly<Record<Happening, number>>;
}

const none = (): Record<Happening, number> => ({
  blocks: 0,
  transactions: 0,
  leftOut: 0,
  badBlocksRefused: 0,
  evidence: 0,
  slashes: 0,
  tombstones: 0,
  jailed: 0,
  released: 0,
  registered: 0,
  setChanges: 0,
  epochs: 0,
  parameterChanges: 0,
  proposals: 0,
  votes: 0,
  restarts: 0,
});

/** Before anything happened. */
export const NO_COUNTS: SoakCounts = {
  messages: new Map(MESSAGE_TAGS.map((tag) => [tag, { succeeded: 0, refused: 0 }])),
  closed: new Map(),
  happened: none(),
};

/** Everything of both. */
export const addCounts = (a: SoakCounts, b: SoakCounts): SoakCounts => {
  const happened = none();
  for (const name of HAPPENINGS) happened[name] = a.happened[name] + b.happened[name];
  const closed = new Map(a.closed);
  for (const [status, count] of b.closed) closed.set(status, (closed.get(status) ?? 0) + count);
  const messages = new Map(a.messages);
  for (const [tag, { succeeded, refused }] of b.messages) {
    const before = messages.get(tag) ?? { succeeded: 0, refused: 0 };
    messages.set(tag, { succeeded: before.succeeded + succeeded, refused: before.refused + refused });
  }
  return { messages, closed, happened };
};

/** Kinds of messages of which none succeeded, or none was refused. */
export const unseen = ({ messages }: SoakCounts, what: keyof MessageCount): readonly MessageTag[] =>
  MESSAGE_TAGS.filter((tag) => (messages.get(tag)?.[what] ?? 0) === 0);

/** Counts by what differs between the states before and after a block. */
export interface SoakCounter {
  happens(what: Happening, times?: number): void;
  block(
    before: LedgerState,
    after: LedgerState,
    included: readonly DrawnTransaction[],
    result: FinalizeBlockResult,
  ): void;
  counts(): SoakCounts;
}

const FAILED_AT = /^message (\d+): /;

export const createSoakCounter = (): SoakCounter => {
  const happened = none();
  const closed = new Map<DaoProposalStatus, number>();
  const messages = new Map<MessageTag, MessageCount>();

  const message = (tag: MessageTag | undefined, ok: boolean): void => {
    if (tag === undefined) return;
    const { succeeded, refused } = messages.get(tag) ?? { succeeded: 0, refused: 0 };
    messages.set(tag, ok ? { succeeded: succeeded + 1, refused } : { succeeded, refused: refused + 1 });
    if (!ok) return;
    if (tag === 'Propose') happened.proposals += 1;
    if (tag === 'Vote') happened.votes += 1;
  };

  const validators = (before: LedgerState, after: LedgerState): void => {
    for (const [identity, { validator }] of after.staking.accounts.entries()) {
      const was = before.staking.accounts.get(identity)?.validator;
      if (was === undefined) happened.registered += 1;
      else if (was !== validator) {
        if (validator.slashCount > was.slashCount) happened.slashes += 1;
        if (validator.status === was.status) continue;
        if (validator.status === 'Slashed') happened.tombstones += 1;
        if (validator.status === 'Jailed') happened.jailed += 1;
        if (was.status === 'Jailed' && validator.status === 'Active') happened.released += 1;
      }
    }
  };

  return {
    happens: (what, times = 1) => {
      happened[what] += times;
    },
    block: (before, after, included, { results, nextValidators, parameters }) => {
      happened.blocks += 1;
      happened.transactions += included.length;
      for (const [i, { tags }] of included.entries()) {
        const { ok = false, message: sentence = '' } = results[i] ?? {};
        if (ok) for (const tag of tags) message(tag, true);
        else message(tags[Number(FAILED_AT.exec(sentence)?.[1] ?? 0)], false);
      }
      validators(before, after);
      if (O.isSome(nextValidators)) happened.setChanges += 1;
      if (O.isSome(parameters)) happened.parameterChanges += 1;
      if (before.staking.epoch.start !== after.staking.epoch.start) happened.epochs += 1;
      const known = new Set(before.governance.endedOrder);
      for (const id of after.governance.endedOrder) {
        const status = known.has(id) ? undefined : after.governance.ended.get(id)?.proposal.status;
        if (status !== undefined) closed.set(status, (closed.get(status) ?? 0) + 1);
      }
    },
    counts: () => ({ messages, closed, happened }),
  };
};
