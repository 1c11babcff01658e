import { decode, encode, fromJson, hash, toJson, type Codec, type Hash } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { accountKeyCodec } from '../account-key.ts';
import { accountRecordCodec } from '../account.ts';
import { EMPTY_MAP, getFromMap, mapEntries, mapFrom, type AuthenticatedMap } from '../authenticated-map.ts';
import { appHashOf, conservationFault, type LedgerState, type LedgerTotals } from '../ledger-state.ts';
import type { LedgerParameters } from '../parameters.ts';
import type { MapKey } from '../trie-path.ts';
import type { ChainDomains } from '../chain-domains.ts';
import { blankDomains } from './blank-domains.ts';
import { DOMAIN_MAPS } from './domain-maps.ts';
import { domainTries } from './domain-rows.ts';
import { placeOf, within, type EntryBytes, type NamedMap } from './named-map.ts';

/** A map of the whole state; what changed in one, its owner knows. */
export type StateMap = Omit<NamedMap<LedgerState>, 'isUntouched' | 'changes' | 'apply'>;

/** One of the two maps that are tries themselves, their values bytes already. */
const trieMap = <V>(
  name: 'accounts' | 'keys',
  value: Codec<V>,
  valueOf: (bytes: Uint8Array) => Either<string, V>,
  bytesOf: (value: V) => Uint8Array,
): StateMap => ({
  name,
  place: placeOf,
  entries: (state) => mapEntries(state[name]),
  get: (state, key) => getFromMap(state[name], placeOf(key)),
  load: (state, entries) => {
    const read: (readonly [MapKey, Uint8Array])[] = [];
    for (const [key, bytes] of entries) {
      const own = hash(key);
      if (E.isLeft(own)) return E.left(`entry ${name}/${key.slice(0, 64)} is damaged: ${own.left}`);
      const decoded = valueOf(bytes);
      if (E.isLeft(decoded)) return E.left(`entry ${name}/${key} is damaged: ${decoded.left}`);
      read.push([own.right, bytes]);
    }
    return E.right({ ...state, [name]: mapFrom(read) });
  },
  toJson: (_, bytes) => E.map(toJson(value))(valueOf(bytes)),
  fromJson: (_, json) => {
    const read = fromJson(value)(json);
    return E.isRight(read) ? E.right(bytesOf(read.right)) : E.left(read.left.message);
  },
});

const decodeRecord = decode(accountRecordCodec);

/** Every map of the state, in the order in which they are loaded. */
export const STATE_MAPS: readonly StateMap[] = [
  trieMap(
    'accounts',
    accountRecordCodec,
    (bytes) => E.mapLeft(({ message }: { readonly message: string }) => message)(decodeRecord(bytes)),
    encode(accountRecordCodec),
  ),
  trieMap(
    'keys',
    accountKeyCodec,
    (bytes) => E.right(bytes),
    (key) => key,
  ),
  ...DOMAIN_MAPS.map(
    within<LedgerState, ChainDomains>(
      (state) => state,
      (state, domains) => ({ ...state, ...domains }),
    ),
  ),
];

/** The map of this name; undefined: the state has none. */
export const stateMap = (name: string): StateMap | undefined => STATE_MAPS.find((map) => map.name === name);

/** The trie behind a map: its root is in the app hash. */
export const trieOf = (state: LedgerState, { name }: StateMap): AuthenticatedMap =>
  name === 'accounts' || name === 'keys' ? state[name] : (state.tries.get(name) ?? EMPTY_MAP);

/** A state taken apart, as it is stored and sent. */
export interface StateParts {
  readonly totals: LedgerTotals;
  readonly parameters: LedgerParameters;
  /** Entries by the name of their map; a map that is left out is empty. */
  readonly maps: ReadonlyMap<string, Iterable<EntryBytes>>;
}

/** The state of these parts, its tries built anew; or which entry is damaged. Whether it is the right one: {@link stateFault}. */
export const stateFrom = ({ totals, parameters, maps }: StateParts): Either<string, LedgerState> => {
  for (const name of maps.keys())
    if (stateMap(name) === undefined) return E.left(`map ${name.slice(0, 64)} is unknown to this release`);
  let state: LedgerState = {
    ...blankDomains(),
    accounts: EMPTY_MAP,
    keys: EMPTY_MAP,
    tries: new Map(),
    totals,
    parameters,
  };
  for (const map of STATE_MAPS) {
    const loaded = map.load(state, maps.get(map.name) ?? []);
    if (E.isLeft(loaded)) return loaded;
    state = loaded.right;
  }
  return E.right({ ...state, tries: domainTries(state) });
};

/** What is said of a state beside it. */
interface StateClaim {
  readonly appHash: Hash;
  readonly height: bigint;
  readonly initialHeight: bigint;
  readonly chainId: string;
}

/** Why this is not the state it is said to be, or none that blocks can reach; undefined when it is. Looks at everything. */
export const stateFault = (
  state: LedgerState,
  { appHash, height, initialHeight, chainId }: StateClaim,
): string | undefined => {
  const own = appHashOf(state);
  if (own !== appHash) return `its entries give app hash ${own}, it is said to have ${appHash}`;
  const last = state.previous?.height ?? initialHeight - 1n;
  if (last !== height) return `its last block is ${String(last)}, it is said to be after ${String(height)}`;
  if (state.governance.chainId !== chainId)
    return `it is of chain ${state.governance.chainId}, it is said to be of ${chainId}`;
  return conservationFault(state, 'full');
};
