import { encode, type IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { accountRecordCodec, type AccountRecord } from './account.ts';
import { updateMap, type MapChanges } from './authenticated-map.ts';
import { keyOf, recordOf, type LedgerState, type LedgerTotals } from './ledger-state.ts';
import type { LedgerParameters } from './parameters.ts';
import type { MapKey } from './trie-path.ts';

/** Entries that differ from the state before, per map; what a commit writes. */
export interface LedgerChanges {
  readonly accounts: MapChanges;
  readonly keys: MapChanges;
}

/**
 * One block's (or the mempool's) mutable view over an immutable state: touched entries and totals stand here, everything
 * else is read through. The base never changes; `close` gives the next state.
 */
export interface WorkingState {
  readonly parameters: LedgerParameters;
  record(identity: IdentityId): Option<AccountRecord>;
  key(identity: IdentityId): Option<Uint8Array>;
  totals(): LedgerTotals;
  setRecord(identity: IdentityId, record: AccountRecord): void;
  setKey(identity: IdentityId, key: Uint8Array): void;
  setTotals(totals: LedgerTotals): void;
  /** Runs `change`; when it answers some failure, records and totals are as before. Keys are not part of it. */
  allOrNothing<E>(change: () => Option<E>): Option<E>;
  close(): { readonly state: LedgerState; readonly changes: LedgerChanges };
}

const encodeRecord = encode(accountRecordCodec);

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
  let totals = base.totals;
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
    parameters: base.parameters,
    record,
    key: (identity) => {
      const own = keys.get(identity);
      return own === undefined ? keyOf(base, identity) : O.some(own);
    },
    totals: () => totals,
    setRecord,
    setKey: (identity, key) => {
      keys.set(identity, key);
    },
    setTotals: (next) => {
      totals = next;
    },
    allOrNothing: (change) => {
      const totalsBefore = totals;
      const steps: (() => void)[] = [];
      undo = steps;
      const failure = change();
      undo = undefined;
      if (O.isSome(failure)) {
        for (const step of steps.toReversed()) step();
        totals = totalsBefore;
      }
      return failure;
    },
    close: () => {
      const changes = { accounts: changesOf(records, encodeRecord), keys: changesOf(keys, (key) => key) };
      const state = {
        accounts: updateMap(base.accounts, changes.accounts),
        keys: updateMap(base.keys, changes.keys),
        totals,
        parameters: base.parameters,
      };
      return { state, changes };
    },
  };
};
