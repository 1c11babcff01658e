import { cloneState, fingerprint, initialState, type CoreState, type Input } from '@zhtp/bft';
import { heightParams, type BoundedWorld } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import { runCore } from './core-run.ts';
import { brokenByStep } from './local-properties.ts';
import { bitsOf, type Message, type MessageTable } from './message-table.ts';
import type { Offers } from './offers.ts';
import type { LogTable, SentLog } from './sent-log.ts';

/** A correct node on a core of its own, with nothing that a search merges or remembers. */
export interface Walker {
  readonly self: number;
  core: CoreState<null, null>;
  log: SentLog;
  received: bigint;
}

/** What walkers of one world share. */
export interface Tables {
  readonly world: BoundedWorld;
  readonly table: MessageTable;
  readonly logs: LogTable;
  readonly offers: Offers;
}

export const begin = (tables: Tables, self: number): Walker => {
  const walker: Walker = { self, core: initialState(), log: tables.logs.empty, received: 0n };
  give(tables, walker, { _tag: 'StartHeight', params: heightParams(tables.world, self) }, []);
  return walker;
};

/** Gives it an input that lets it know these messages. What it broke; `null` when it changed nothing. */
export const give = (
  { world, table, logs }: Tables,
  walker: Walker,
  input: Input<null, null>,
  messages: readonly Message[],
): readonly Breach[] | null => {
  const from = { core: cloneState(walker.core), log: walker.log, received: walker.received };
  const print = fingerprint(walker.core);
  const { core, sent, decided, effects } = runCore(world, table, walker.core, input);
  walker.core = core;
  walker.received |= bitsOf(messages) | bitsOf(sent);
  walker.log = logs.extend(walker.log, sent, decided);
  if (effects.every(({ _tag }) => _tag === 'Dropped') && fingerprint(core) === print) return null;
  return brokenByStep(world, table, { self: walker.self, from, next: walker, sent, decided, effects });
};
