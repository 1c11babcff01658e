import type { IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { writeAccountRecord, type AccountRecord } from './account.ts';
import type { ChainEvent } from './chain-event.ts';
import type { ChainDomains } from './chain-domains.ts';
import { assertInvariant } from './invariant.ts';
import { updateMap, type MapChanges } from './authenticated-map.ts';
import { keyOf, recordOf, type LedgerState, type LedgerTotals } from './ledger-state.ts';
import type { LedgerParameters } from './parameters.ts';
import { domainChanges, updatedTries, type DomainChanges } from './state/domain-rows.ts';
import type { MapKey } from './trie-path.ts';

/** Entries that differ from the state before, per map; what a commit writes. */
export interface LedgerChanges {
  readonly accounts: MapChanges;
  readonly keys: MapChanges;
  readonly domains: DomainChanges;
}

/**
 * One block's (or the mempool's) mutable view over an immutable state: touched entries and totals stand here, everything
 * else is read through. The base never changes; `close` gives the next state.
 */
export interface WorkingState {
  /** The state that the block began with. */
  readonly base: LedgerState;
  readonly parameters: LedgerParameters;
  record(identity: IdentityId): Option<AccountRecord>;
  key(identity: IdentityId): Option<Uint8Array>;
  totals(): LedgerTotals;
  domains(): ChainDomains;
  setRecord(identity: IdentityId, record: AccountRecord): void;
  setKey(identity: IdentityId, key: Uint8Array): void;
  setTotals(totals: LedgerTotals): void;
  setParameters(parameters: LedgerParameters): void;
  setDomains(changed: Partial<ChainDomains>): void;
  /** Accounts whose record was set. */
  touched(): Iterable<IdentityId>;
  /** Income of the treasury that stands nowhere yet; the end of the block hands it over, so that messages need not. */
  addIncome(amount: bigint): void;
  takeIncome(): bigint;
  /** What happened, for whoever observes; no rule reads it. */
  report(events: readonly ChainEvent[]): void;
  /** Those so far: the same list as long as the block lasts. */
  events(): readonly ChainEvent[];
  /** Runs `change`; when it answers some failure, records, keys, totals, domains and income are as before. */
  allOrNothing<E>(change: () => Option<E>): Option<E>;
  close(): { readonly state: LedgerState; readonly changes: LedgerChanges };
}

const changesOf = <A>(entries: ReadonlyMap<MapKey, A>, bytesOf: (a: A) => Uint8Array): MapChanges => {
  const changes = new Map<MapKey, Option<Uint8Array>>();
  for (const [key, value] of entries) changes.set(key, O.some(bytesOf(value)));
  return changes;
};

export const openWorkingState = (base: LedgerState): WorkingState => {
  /** Everything looked at, so that each account is found and decoded once. */
  const seen = new Map<IdentityId, Option<AccountRecord>>();
  const records = new Map<IdentityId, AccountRecord>();
  const keys = new Map<IdentityId, Uint8Array>();
  let { totals, parameters } = base;
  let domains: ChainDomains = base;
  let income = 0n;
  const events: ChainEvent[] = [];
  let undo: (() => void)[] | undefined;

  const record = (identity: IdentityId): Option<AccountRecord> => {
    const known = seen.get(identity);
    if (known !== undefined) return known;
    const found = recordOf(base, identity);
    seen.set(identity, found);
    return found;
  };

  const setRecord = (identity: IdentityId, next: AccountRecord): void => {
    if (undo !== undefined) {
      const before = record(identity);
      const touched = records.get(identity);
      undo.push(() => {
        seen.set(identity, before);
        if (touched === undefined) records.delete(identity);
        else records.set(identity, touched);
      });
    }
    seen.set(identity, O.some(next));
    records.set(identity, next);
  };

  return {
    base,
    get parameters() {
      return parameters;
    },
    record,
    key: (identity) => {
      const own = keys.get(identity);
      return own === undefined ? keyOf(base, identity) : O.some(own);
    },
    totals: () => totals,
    domains: () => domains,
    setRecord,
    setKey: (identity, key) => {
      const before = keys.get(identity);
      undo?.push(() => {
        if (before === undefined) keys.delete(identity);
        else keys.set(identity, before);
      });
      keys.set(identity, key);
    },
    setTotals: (next) => {
      totals = next;
    },
    setParameters: (next) => {
      parameters = next;
    },
    touched: () => records.keys(),
    setDomains: (changed) => {
      domains = { ...domains, ...changed };
    },
    addIncome: (amount) => {
      income += amount;
    },
    report: (more) => {
      for (const event of more) events.push(event);
    },
    events: () => events,
    takeIncome: () => {
      const taken = income;
      income = 0n;
      return taken;
    },
    allOrNothing: (change) => {
      const before = { totals, domains, income };
      const eventsBefore = events.length;
      const steps: (() => void)[] = [];
      undo = steps;
      const failure = change();
      undo = undefined;
      if (O.isSome(failure)) {
        for (const step of steps.toReversed()) step();
        ({ totals, domains, income } = before);
        events.length = eventsBefore;
      }
      return failure;
    },
    close: () => {
      const changes = {
        accounts: changesOf(records, writeAccountRecord),
        keys: changesOf(keys, (key) => key),
        domains: domainChanges(base, domains, base.tries),
      };
      assertInvariant(income === 0n, `${String(income)} micro-ZHTP of income never reached the treasury`);
      const state = {
        ...domains,
        tries: updatedTries(base.tries, changes.domains),
        accounts: updateMap(base.accounts, changes.accounts),
        keys: updateMap(base.keys, changes.keys),
        totals,
        parameters,
      };
      return { state, changes };
    },
  };
};
