import {
  equalBytes,
  bytesToHex,
  CHAIN_ID_BYTES_MAX,
  decode,
  decodeUtf8,
  encode,
  encodeUtf8,
  hashCodec,
  hashFromBytes,
  hashToBytes,
  signatureAlgorithmCodec,
  struct,
  text,
  u32,
  u64,
  type ApplicationError,
  type Hash,
  type StateChange,
  type StateStore,
  type TypeOf,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { fail } from './application-error.ts';
import { mapEntries, mapFrom, type AuthenticatedMap, type MapChanges } from './authenticated-map.ts';
import type { ExecutedTransaction } from './execute.ts';
import type { ChainDomains } from './chain-domains.ts';
import { appHashOf, conservationFault, totalsCodec, type LedgerState } from './ledger-state.ts';
import { hostedNameCodec } from './hosted/hosted-name.ts';
import { ledgerParametersCodec } from './parameters.ts';
import { receiptCodec } from './receipt.ts';
import { blankDomains } from './state/blank-domains.ts';
import { domainEntries, domainsFrom, domainTries, type DomainChanges } from './state/domain-rows.ts';
import { KEPT_RANGE_KEY, keptRangeRow, rangeFrom, readKeptRange, type KeptRange } from './state/kept-range.ts';
import { checksummedRows } from './state/rows.ts';
import { taggedDigestInto } from './tagged-digest.ts';
import type { MapKey } from './trie-path.ts';
import type { LedgerChanges } from './working-state.ts';

/** Format of the rows below; another one is refused by name. */
export const LEDGER_FORMAT_VERSION = 3;

const ALL_PREFIX = encodeUtf8('ledger/');
const META_KEY = encodeUtf8('ledger/meta');
const ACCOUNT_PREFIX = encodeUtf8('ledger/account/');
const KEY_PREFIX = encodeUtf8('ledger/key/');
const MAP_ROWS = 'ledger/map/';
const MAP_PREFIX = encodeUtf8(MAP_ROWS);
const TRANSACTION_PREFIX = encodeUtf8('ledger/transaction/');

/**
 * Everything beside the maps. Its row: format version (u32), 32 bytes checksum of what follows, the encoding. The app
 * hash covers the maps; the checksum covers heights and names that it does not.
 */
export const ledgerMetaCodec = struct('LedgerMeta', {
  chainId: text(CHAIN_ID_BYTES_MAX),
  genesisHash: hashCodec,
  algorithm: signatureAlgorithmCodec,
  /** The application that the chain hosts, by genesis. */
  hosted: hostedNameCodec,
  initialHeight: u64,
  /** Last committed; initialHeight − 1 before the first block. */
  height: u64,
  appHash: hashCodec,
  resultsHash: hashCodec,
  totals: totalsCodec,
  parameters: ledgerParametersCodec,
});
export type LedgerMeta = TypeOf<typeof ledgerMetaCodec>;

/** Where an included transaction is, and what became of it. */
export const transactionLocationCodec = struct('TransactionLocation', {
  height: u64,
  index: u32,
  receipt: receiptCodec,
});
export type TransactionLocation = TypeOf<typeof transactionLocationCodec>;

const encodeLocation = encode(transactionLocationCodec);

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
};

const rowKey = (prefix: Uint8Array, key: MapKey): Uint8Array => joined(prefix, hashToBytes(key));

const put = (key: Uint8Array, value: Uint8Array): StateChange => ({ _tag: 'Put', key, value });

const VERSION_BYTES = 4;
const CHECKSUM_BYTES = 32;
const META_TAG = 'zhtp/ledger-meta/v1';
const metaBytes = checksummedRows(ledgerMetaCodec, META_TAG, encode(u32)(LEDGER_FORMAT_VERSION));
const checksumInto = taggedDigestInto(META_TAG);

const metaRow = (meta: LedgerMeta): StateChange => put(META_KEY, metaBytes(meta));

const mapRows = (prefix: Uint8Array, changes: MapChanges): readonly StateChange[] =>
  Array.from(changes, ([key, value]): StateChange =>
    O.isSome(value) ? put(rowKey(prefix, key), value.value) : { _tag: 'Delete', key: rowKey(prefix, key) },
  );

const allRows = (prefix: Uint8Array, map: AuthenticatedMap): readonly StateChange[] =>
  Array.from(mapEntries(map), ([key, value]) => put(rowKey(prefix, key), value));

/** Row of an entry of a domain's map: `ledger/map/` ‖ name ‖ `/` ‖ key, as text. */
const entryKey = (map: string, key: string): Uint8Array => encodeUtf8(`${MAP_ROWS}${map}/${key}`);

const allDomainRows = (state: LedgerState): readonly StateChange[] =>
  Array.from(domainEntries(state)).flatMap(([map, entries]) =>
    Array.from(entries, ([key, value]) => put(entryKey(map, key), value)),
  );

const domainRows = (changes: DomainChanges): readonly StateChange[] => {
  const rows: StateChange[] = [];
  for (const [map, entries] of changes)
    for (const [key, value] of entries)
      rows.push(O.isSome(value) ? put(entryKey(map, key), value.value) : { _tag: 'Delete', key: entryKey(map, key) });
  return rows;
};

/** The batch that makes a state durable that no block of this node led to, such as genesis. */
export const genesisRows = (meta: LedgerMeta, state: LedgerState): readonly StateChange[] => [
  ...allRows(ACCOUNT_PREFIX, state.accounts),
  ...allRows(KEY_PREFIX, state.keys),
  ...allDomainRows(state),
  keptRangeRow(rangeFrom(meta)),
  metaRow(meta),
];

/** The batch that puts one state in the place of another, whose entries it does not have go. */
export const replacingRows = (before: StoredLedger, after: StoredLedger): readonly StateChange[] => {
  const rows = genesisRows(after.meta, after.state);
  const kept = new Set(rows.map(({ key }) => bytesToHex(key)));
  const gone = genesisRows(before.meta, before.state)
    .filter(({ key }) => !kept.has(bytesToHex(key)))
    .map(({ key }): StateChange => ({ _tag: 'Delete', key }));
  return [...gone, ...rows];
};

/** The batch that makes a block durable: what it changed, its transactions' places, and the new meta. */
export const blockRows = (
  meta: LedgerMeta,
  changes: LedgerChanges,
  executed: readonly ExecutedTransaction[],
): readonly StateChange[] => [
  ...mapRows(ACCOUNT_PREFIX, changes.accounts),
  ...mapRows(KEY_PREFIX, changes.keys),
  ...domainRows(changes.domains),
  ...executed.map(({ receipt }, index) =>
    put(rowKey(TRANSACTION_PREFIX, receipt.transaction), encodeLocation({ height: meta.height, index, receipt })),
  ),
  metaRow(meta),
];

/** The stored {@link transactionLocationCodec} bytes of a transaction. */
export const loadTransaction = async (
  store: StateStore,
  transaction: Hash,
): Promise<Either<ApplicationError, Option<Uint8Array>>> => {
  const row = await store.get(rowKey(TRANSACTION_PREFIX, transaction))();
  return E.isLeft(row) ? fail(row.left.message) : row;
};

const DAMAGED = 'stop, move the state folder away and start again: the state is rebuilt from the blocks';

const readMeta = (row: Uint8Array): Either<ApplicationError, LedgerMeta> => {
  const version = decode(u32)(row.slice(0, VERSION_BYTES));
  if (E.isRight(version) && version.right !== LEDGER_FORMAT_VERSION)
    return fail(
      `the stored state has format ${String(version.right)}, this release reads ${String(LEDGER_FORMAT_VERSION)}: use the release that wrote it`,
    );
  const encoded = row.slice(VERSION_BYTES + CHECKSUM_BYTES);
  const meta = decode(ledgerMetaCodec)(encoded);
  const checksum = new Uint8Array(CHECKSUM_BYTES);
  checksumInto(encoded, checksum, 0);
  const intact = equalBytes(row.slice(VERSION_BYTES, VERSION_BYTES + CHECKSUM_BYTES), checksum);
  return E.isLeft(version) || E.isLeft(meta) || !intact
    ? fail(`row ledger/meta of the stored state is damaged: ${DAMAGED}`)
    : meta;
};

/** What a store with a state knows beside it. */
export const loadKeptRange = async (store: StateStore): Promise<Either<ApplicationError, KeptRange>> => {
  const row = await store.get(KEPT_RANGE_KEY)();
  if (E.isLeft(row)) return fail(row.left.message);
  const range = O.isSome(row.right) ? readKeptRange(row.right.value) : undefined;
  return range === undefined
    ? fail(`row ledger/kept of the stored state is damaged or missing: ${DAMAGED}`)
    : E.right(range);
};

/** A store without the meta row must be without any other: a genesis on top of old rows would mix two states. */
const expectEmpty = async (store: StateStore): Promise<Either<ApplicationError, Option<never>>> => {
  let rows = 0;
  const scanned = await store.scan(ALL_PREFIX, () => {
    rows += 1;
  })();
  if (E.isLeft(scanned)) return fail(scanned.left.message);
  return rows === 0
    ? E.right(O.none)
    : fail(`row ledger/meta of the stored state is missing, ${String(rows)} other rows are there: ${DAMAGED}`);
};

/** Row keys are ours: prefix and 32 bytes. Anything else in there is damage. */
const loadMap = async (store: StateStore, prefix: Uint8Array): Promise<Either<ApplicationError, AuthenticatedMap>> => {
  const entries: [MapKey, Uint8Array][] = [];
  let strange = 0;
  const scanned = await store.scan(prefix, (key, value) => {
    const mapKey = hashFromBytes(key.slice(prefix.length));
    if (E.isRight(mapKey)) entries.push([mapKey.right, value.slice()]);
    else strange += 1;
  })();
  if (E.isLeft(scanned)) return fail(scanned.left.message);
  return strange === 0
    ? E.right(mapFrom(entries))
    : fail(`${String(strange)} rows of the stored state have keys of a wrong length: ${DAMAGED}`);
};

/** The rows of the domains by map; a name ends at the first slash. */
const loadDomains = async (store: StateStore): Promise<Either<ApplicationError, ChainDomains>> => {
  const maps = new Map<string, (readonly [string, Uint8Array])[]>();
  let strange = 0;
  const scanned = await store.scan(MAP_PREFIX, (row, value) => {
    const path = O.tryCatch(() => decodeUtf8(row.slice(MAP_PREFIX.length)));
    if (O.isNone(path)) {
      strange += 1;
      return;
    }
    const slash = path.value.indexOf('/');
    const name = path.value.slice(0, Math.max(0, slash));
    const entries = maps.get(name) ?? [];
    entries.push([path.value.slice(slash + 1), value.slice()]);
    maps.set(name, entries);
  })();
  if (E.isLeft(scanned)) return fail(scanned.left.message);
  if (strange > 0) return fail(`${String(strange)} rows of the stored state have keys that are no text: ${DAMAGED}`);
  const domains = domainsFrom(blankDomains(), maps);
  return E.isRight(domains) ? domains : fail(`the stored state is damaged: ${domains.left}; ${DAMAGED}`);
};

/** A state as it was committed. */
export interface StoredLedger {
  readonly meta: LedgerMeta;
  readonly state: LedgerState;
}

/** Reads the whole state back and checks it against its own app hash; none in a store without one. */
export const loadLedger = async (store: StateStore): Promise<Either<ApplicationError, Option<StoredLedger>>> => {
  const row = await store.get(META_KEY)();
  if (E.isLeft(row)) return fail(row.left.message);
  if (O.isNone(row.right)) return expectEmpty(store);
  const meta = readMeta(row.right.value);
  if (E.isLeft(meta)) return meta;
  const accounts = await loadMap(store, ACCOUNT_PREFIX);
  if (E.isLeft(accounts)) return accounts;
  const keys = await loadMap(store, KEY_PREFIX);
  if (E.isLeft(keys)) return keys;
  const { totals, parameters, height, appHash } = meta.right;
  const domains = await loadDomains(store);
  if (E.isLeft(domains)) return domains;
  const tries = domainTries(domains.right);
  const state = { ...domains.right, tries, accounts: accounts.right, keys: keys.right, totals, parameters };
  const rebuilt = appHashOf(state);
  if (rebuilt !== appHash)
    return fail(
      `the stored state of height ${String(height)} is damaged: its rows give app hash ${rebuilt}, committed was ${appHash}; ${DAMAGED}`,
    );
  const fault = conservationFault(state, 'full');
  return fault === undefined
    ? E.right(O.some({ meta: meta.right, state }))
    : fail(`the stored state of height ${String(height)}: ${fault}; ${DAMAGED}`);
};
