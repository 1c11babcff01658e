import { identityOf, schemeOf } from '@zhtp/crypto';
import {
  array,
  fromJson,
  identityCodec,
  option,
  publicKeyCodec,
  struct,
  toJson,
  U64_MAX,
  u64,
  encode,
  type IdentityId,
  type Json,
  type SignatureAlgorithm,
  type TypeOf,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { accountRecordCodec } from './account.ts';
import { mapFrom } from './authenticated-map.ts';
import type { LedgerState } from './ledger-state.ts';
import { ledgerParametersCodec } from './parameters.ts';
import type { MapKey } from './trie-path.ts';

/** Most accounts of a genesis: the application state has a bound in bytes anyway. */
const GENESIS_ACCOUNTS_MAX = 500_000;

const genesisAccountCodec = struct('GenesisAccount', {
  identity: identityCodec,
  /** micro-ZHTP. */
  balance: u64,
  /** May be left out of the JSON: then the account's first transaction brings it. */
  publicKey: option(publicKeyCodec),
});
export type GenesisAccount = TypeOf<typeof genesisAccountCodec>;

/** The ledger's part of genesis, `appState`. Named so that errors read as paths into the file. */
export const ledgerGenesisCodec = struct('appState', {
  accounts: array(genesisAccountCodec, GENESIS_ACCOUNTS_MAX),
  parameters: ledgerParametersCodec,
  /** micro-ZHTP the treasury starts with. */
  treasury: u64,
});
export type LedgerGenesis = TypeOf<typeof ledgerGenesisCodec>;

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const withPublicKey = (account: unknown): unknown =>
  isObject(account) && !Object.hasOwn(account, 'publicKey') ? { ...account, publicKey: null } : account;

const withPublicKeys = (appState: unknown): unknown =>
  isObject(appState) && Array.isArray(appState['accounts'])
    ? { ...appState, accounts: appState['accounts'].map((account: unknown) => withPublicKey(account)) }
    : appState;

const accountFault = (
  account: GenesisAccount,
  algorithm: SignatureAlgorithm,
  seen: ReadonlySet<IdentityId>,
): string | undefined => {
  const { identity, publicKey } = account;
  if (seen.has(identity)) return `identity: ${identity} occurs twice`;
  if (O.isNone(publicKey)) return undefined;
  const { publicKeyBytes } = schemeOf(algorithm);
  if (publicKey.value.length !== publicKeyBytes)
    return `publicKey: a key of ${algorithm} has ${String(publicKeyBytes)} bytes, this one has ${String(publicKey.value.length)}`;
  const founded = identityOf(algorithm, publicKey.value);
  return founded === identity ? undefined : `publicKey: belongs to identity ${founded}, not to this account`;
};

const genesisFault = ({ accounts, treasury }: LedgerGenesis, algorithm: SignatureAlgorithm): string | undefined => {
  const seen = new Set<IdentityId>();
  let supply = treasury;
  for (const [index, account] of accounts.entries()) {
    const fault = accountFault(account, algorithm, seen);
    if (fault !== undefined) return `appState.accounts.${String(index)}.${fault}`;
    seen.add(account.identity);
    supply += account.balance;
    if (supply > U64_MAX)
      return `appState.accounts.${String(index)}.balance: treasury and balances up to here exceed 2^64 - 1 micro-ZHTP`;
  }
  return undefined;
};

/** Reads and checks a genesis `appState`; what is wrong is said with the path of the field. */
export const readLedgerGenesis = (appState: Json, algorithm: SignatureAlgorithm): Either<string, LedgerGenesis> => {
  const read = fromJson(ledgerGenesisCodec)(withPublicKeys(appState));
  if (E.isLeft(read)) return E.left(read.left.message);
  const fault = genesisFault(read.right, algorithm);
  return fault === undefined ? read : E.left(fault);
};

/** The `appState` to write into a genesis file. */
export const ledgerAppState: (genesis: LedgerGenesis) => Json = toJson(ledgerGenesisCodec);

const encodeRecord = encode(accountRecordCodec);

/** The state before the first block, of a checked genesis. */
export const genesisState = ({ accounts, parameters, treasury }: LedgerGenesis): LedgerState => {
  const balances = accounts.reduce((sum, { balance }) => sum + balance, 0n);
  const keys: [MapKey, Uint8Array][] = [];
  for (const { identity, publicKey } of accounts) if (O.isSome(publicKey)) keys.push([identity, publicKey.value]);
  return {
    accounts: mapFrom(accounts.map(({ identity, balance }) => [identity, encodeRecord({ balance, nonce: 0n })])),
    keys: mapFrom(keys),
    totals: { balances, feePool: 0n, treasury, supply: balances + treasury },
    parameters,
  };
};
