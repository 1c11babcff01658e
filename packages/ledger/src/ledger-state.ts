import { taggedHash } from '@zhtp/crypto';
import {
  array,
  decode,
  encode,
  hashCodec,
  struct,
  text,
  u64,
  type Hash,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { accountRecordCodec, type Account, type AccountRecord } from './account.ts';
import { getFromMap, mapEntries, mapRoot, type AuthenticatedMap } from './authenticated-map.ts';
import { assertInvariant } from './invariant.ts';
import { ledgerParametersCodec, type LedgerParameters } from './parameters.ts';

/**
 * Where all micro-ZHTP are. After every block balances + feePool + treasury = supply (economics.md, first rule; no other
 * holders of value exist yet).
 */
export const totalsCodec = struct('LedgerTotals', {
  /** Sum over all accounts. */
  balances: u64,
  /** Fees paid and not yet distributed. */
  feePool: u64,
  treasury: u64,
  /** Fixed in genesis. */
  supply: u64,
});
export type LedgerTotals = TypeOf<typeof totalsCodec>;

/** The whole state after a block; immutable, versions share what they have in common. */
export interface LedgerState {
  /** Identity → {@link AccountRecord}. */
  readonly accounts: AuthenticatedMap;
  /** Identity → public key, from the account's first transaction on: stored once, later ones carry only the signature. */
  readonly keys: AuthenticatedMap;
  readonly totals: LedgerTotals;
  readonly parameters: LedgerParameters;
}

const MAP_NAME_BYTES_MAX = 32;
const MAPS_MAX = 64;

/** What the app hash is taken of: every map's root under its name, names ascending, and what stands beside the maps. */
export const stateRootsCodec = struct('LedgerStateRoots', {
  maps: array(struct('NamedMapRoot', { name: text(MAP_NAME_BYTES_MAX), root: hashCodec }), MAPS_MAX),
  totals: totalsCodec,
  parameters: ledgerParametersCodec,
});
export type LedgerStateRoots = TypeOf<typeof stateRootsCodec>;

export const stateRoots = ({ accounts, keys, totals, parameters }: LedgerState): LedgerStateRoots => ({
  maps: [
    { name: 'accounts', root: mapRoot(accounts) },
    { name: 'keys', root: mapRoot(keys) },
  ],
  totals,
  parameters,
});

const encodeRoots = encode(stateRootsCodec);

/** The hash under tag `zhtp/app-hash/v1` of the canonical {@link stateRootsCodec} bytes. */
export const appHashOfRoots = (roots: LedgerStateRoots): Hash => taggedHash('zhtp/app-hash/v1', encodeRoots(roots));

/**
 * The one hash over the state. It depends on nothing else: an empty block keeps it, and nodes that reached the same
 * state on different ways agree.
 */
export const appHashOf = (state: LedgerState): Hash => appHashOfRoots(stateRoots(state));

const decodeRecord = decode(accountRecordCodec);

/** A record of our own writing. */
const readRecord = (bytes: Uint8Array): AccountRecord => {
  const record = decodeRecord(bytes);
  assertInvariant(E.isRight(record), 'an account record in the state does not decode');
  return record.right;
};

export const recordOf = (state: LedgerState, identity: IdentityId): Option<AccountRecord> =>
  pipe(getFromMap(state.accounts, identity), O.map(readRecord));

export const keyOf = (state: LedgerState, identity: IdentityId): Option<Uint8Array> => getFromMap(state.keys, identity);

/** An account as it stands in the state. */
export const accountOf = (state: LedgerState, identity: IdentityId): Option<Account> =>
  pipe(
    recordOf(state, identity),
    O.map(({ balance, nonce }) => ({ identity, balance, nonce, publicKey: keyOf(state, identity) })),
  );

/** Σ balances by looking at every account: the check behind the running total. Cost: one visit per account. */
const sumOfBalances = (state: LedgerState): bigint => {
  let sum = 0n;
  for (const [, record] of mapEntries(state.accounts)) sum += readRecord(record).balance;
  return sum;
};

/** Why the totals contradict each other or, in a full scan, the accounts; undefined when they agree. */
export const conservationFault = (state: LedgerState, scan: 'running' | 'full'): string | undefined => {
  const { balances, feePool, treasury, supply } = state.totals;
  if (balances + feePool + treasury !== supply)
    return `balances ${String(balances)} + fee pool ${String(feePool)} + treasury ${String(treasury)} is not the supply ${String(supply)}`;
  if (scan === 'running') return undefined;
  const sum = sumOfBalances(state);
  return sum === balances ? undefined : `the accounts hold ${String(sum)}, the running total says ${String(balances)}`;
};
