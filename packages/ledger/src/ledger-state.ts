import { taggedHash } from '@zhtp/crypto';
import { array, encode, hashCodec, struct, u64, ZERO_HASH, type Hash, type IdentityId, type TypeOf } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { readAccountRecord, type Account, type AccountRecord } from './account.ts';
import { getFromMap, hashOfNode, mapEntries, mapRoot, type AuthenticatedMap } from './authenticated-map.ts';
import type { ChainDomains } from './chain-domains.ts';
import { present } from './invariant.ts';
import { ledgerParametersCodec, type LedgerParameters } from './parameters.ts';
import type { DomainTries } from './state/domain-rows.ts';
import { MAPS_MAX, mapNameCodec } from './state/map-bounds.ts';

/** Where micro-ZHTP are beside the domains that count their own, and how many there are in all. */
export const totalsCodec = struct('LedgerTotals', {
  /** Sum over all accounts. */
  balances: u64,
  /** Fees of the last block, shared out in the next. */
  feePool: u64,
  /** Shares of fees that wait for their purpose (economics.md, Fees). */
  ubiPool: u64,
  governancePool: u64,
  /** In existence now: genesis supply + emitted − burned. */
  supply: u64,
  emitted: u64,
  burned: u64,
});
export type LedgerTotals = TypeOf<typeof totalsCodec>;

/** The whole state after a block; immutable, versions share what they have in common. */
export interface LedgerState extends ChainDomains {
  /** Identity → {@link AccountRecord}. */
  readonly accounts: AuthenticatedMap;
  /** Identity → public key, from the account's first transaction on: stored once, later ones carry only the signature. */
  readonly keys: AuthenticatedMap;
  /** Over the maps of the domains, by name. */
  readonly tries: DomainTries;
  readonly totals: LedgerTotals;
  readonly parameters: LedgerParameters;
}

const namedRootsCodec = array(struct('NamedMapRoot', { name: mapNameCodec, root: hashCodec }), MAPS_MAX);

/** What the app hash is taken of: every map's root under its name, names ascending, and what stands beside the maps. */

/** What the app hash is over: the root of every map by name, the totals and the parameters. */
export const stateRootsCodec = struct('LedgerStateRoots', {
  maps: namedRootsCodec,
  totals: totalsCodec,
  parameters: ledgerParametersCodec,
});
export type LedgerStateRoots = TypeOf<typeof stateRootsCodec>;

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

export const stateRoots = ({ accounts, keys, tries, totals, parameters }: LedgerState): LedgerStateRoots => ({
  maps: [...tries, ['accounts', accounts] as const, ['keys', keys] as const]
    .map(([name, map]) => ({ name, root: mapRoot(map) }))
    .sort(byName),
  totals,
  parameters,
});

const encodeRoots = encode(stateRootsCodec);

/** The hash under tag `zhtp/app-hash/v1` of the canonical {@link stateRootsCodec} bytes. */
export const appHashOfRoots = (roots: LedgerStateRoots): Hash => taggedHash('zhtp/app-hash/v1', encodeRoots(roots));

const HASH_BYTES = 32;
const encodeNamedRoots = encode(namedRootsCodec);
const encodeTotals = encode(totalsCodec);
const encodeParameters = encode(ledgerParametersCodec);

/** Names of a state's maps as `stateRootsCodec` writes them, and where each root stands. */
interface RootsLayout {
  /** As the tries have them. */
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
  /** In the order of the names, then of accounts and keys. */
  readonly places: readonly number[];
  /** What stands at each place; undefined: the root of an empty map. Most maps are as they were when it was last written. */
  readonly written: (Uint8Array | undefined)[];
}

const layoutOf = (names: readonly string[]): RootsLayout => {
  const all = [...names, 'accounts', 'keys'];
  const ascending = all.map((name) => ({ name, root: ZERO_HASH })).sort(byName);
  const placeOf = new Map<string, number>();
  let length = encodeNamedRoots([]).length;
  for (const each of ascending) {
    length += encodeNamedRoots([each]).length - encodeNamedRoots([]).length;
    placeOf.set(each.name, length - HASH_BYTES);
  }
  const places = all.map((name) => present(placeOf.get(name), `the root of map ${name}`));
  return { names, bytes: encodeNamedRoots(ascending), places, written: places.map(() => undefined) };
};

/** That of the last state: they all have the same maps. */
let layout = layoutOf([]);

const layoutFor = (tries: DomainTries): RootsLayout => {
  let at = 0;
  for (const name of tries.keys()) if (name === layout.names[at]) at += 1;
  if (at !== tries.size || at !== layout.names.length) layout = layoutOf([...tries.keys()]);
  return layout;
};

const writeRoot = ({ bytes, places, written }: RootsLayout, index: number, { top }: AuthenticatedMap): void => {
  const root = top === undefined ? undefined : hashOfNode(top);
  if (written[index] === root) return;
  const place = present(places[index], 'the place of a root');
  if (root === undefined) bytes.fill(0, place, place + HASH_BYTES);
  else bytes.set(root, place);
  written[index] = root;
};

/**
 * The one hash over the state. It depends on nothing else: nodes that reached the same state on different ways agree.
 * That of its {@link stateRoots}, from the tries' own bytes: most maps are as they were after the block before.
 */
export const appHashOf = ({ tries, accounts, keys, totals, parameters }: LedgerState): Hash => {
  const roots = layoutFor(tries);
  let index = 0;
  for (const trie of tries.values()) {
    writeRoot(roots, index, trie);
    index += 1;
  }
  writeRoot(roots, index, accounts);
  writeRoot(roots, index + 1, keys);
  return taggedHash('zhtp/app-hash/v1', roots.bytes, encodeTotals(totals), encodeParameters(parameters));
};

export const recordOf = (state: LedgerState, identity: IdentityId): Option<AccountRecord> =>
  pipe(getFromMap(state.accounts, identity), O.map(readAccountRecord));

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
  for (const [, record] of mapEntries(state.accounts)) sum += readAccountRecord(record).balance;
  return sum;
};

/** Everything that holds micro-ZHTP, and how many there are: the first ten add up to `supply` (economics.md, first rule). */
export const supplyCodec = struct('Supply', {
  balances: u64,
  ownStake: u64,
  delegatedStake: u64,
  unbonding: u64,
  outstandingRewards: u64,
  feePool: u64,
  ubiPool: u64,
  governancePool: u64,
  deposits: u64,
  treasury: u64,
  supply: u64,
  emitted: u64,
  burned: u64,
});
export type Supply = TypeOf<typeof supplyCodec>;

/** Where all the money is, micro-ZHTP: the terms of the first rule of economics.md. */
export const supplyOf = ({ totals, staking, accrual, governance }: LedgerState): Supply => ({
  ...totals,
  ownStake: staking.totals.own,
  delegatedStake: staking.totals.delegated,
  unbonding: staking.totals.unbonding,
  outstandingRewards: accrual.outstanding,
  deposits: governance.escrow,
  treasury: governance.treasury.balance,
});

/** Why the totals contradict each other or, in a full scan, the accounts; undefined when they agree. */
export const conservationFault = (state: LedgerState, scan: 'running' | 'full'): string | undefined => {
  const { totals, staking, accrual, governance } = state;
  const { balances, feePool, ubiPool, governancePool } = totals;
  const { own, delegated, unbonding } = staking.totals;
  const held =
    balances +
    (own + delegated + unbonding) +
    accrual.outstanding +
    (feePool + ubiPool + governancePool) +
    (governance.escrow + governance.treasury.balance);
  if (held !== totals.supply) {
    const { supply, emitted: _, burned: __, ...holdings } = supplyOf(state);
    const parts = Object.entries(holdings).map(([name, amount]) => `${name} ${String(amount)}`);
    return `${parts.join(' + ')} is ${String(held)}, the supply ${String(supply)}`;
  }
  if (scan === 'running') return undefined;
  const sum = sumOfBalances(state);
  return sum === balances ? undefined : `the accounts hold ${String(sum)}, the running total says ${String(balances)}`;
};
