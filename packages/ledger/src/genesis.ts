import {
  array,
  BUDGET_LINES_MAX,
  budgetLineNameCodec,
  difficultyConfigCodec,
  fromJson,
  identityCodec,
  option,
  struct,
  text,
  toJson,
  U64_MAX,
  VALIDATORS_MAX,
  u64,
  type Codec,
  type DifficultyConfig,
  type IdentityId,
  type Json,
  type SignatureAlgorithm,
  type TypeOf,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { accountKeyCodec, foundedIdentity, readAccountKey } from './account-key.ts';
import { writeAccountRecord } from './account.ts';
import { mapFrom } from './authenticated-map.ts';
import { genesisDomains, type ChainGenesis } from './genesis-domains.ts';
import type { LedgerState } from './ledger-state.ts';
import { hostedNameCodec } from './hosted/hosted-name.ts';
import { ledgerParametersCodec } from './parameters.ts';
import { storageCommitmentFields } from './proofs/proof-state.ts';
import { domainTries } from './state/domain-rows.ts';
import type { MapKey } from './trie-path.ts';
import { withFirstWeights } from './voting-weight.ts';

/** Most accounts of a genesis: the application state has a bound in bytes anyway. */
const GENESIS_ACCOUNTS_MAX = 500_000;

const PARAMETER_NAME_BYTES_MAX = 64;
const PARAMETERS_MAX = 256;

const genesisAccountCodec = struct('GenesisAccount', {
  identity: identityCodec,
  /** micro-ZHTP. */
  balance: u64,
  /** May be left out of the JSON: then the account's first transaction brings it. */
  publicKey: option(accountKeyCodec),
});
export type GenesisAccount = TypeOf<typeof genesisAccountCodec>;

// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const optionalDifficulty: Codec<Option<DifficultyConfig>> = option(difficultyConfigCodec);

/** Most identities of an allow-list. */
const ALLOWED_MAX = 10_000;
const optionalIdentities: Codec<Option<readonly IdentityId[]>> = option(array(identityCodec, ALLOWED_MAX));

/** The ledger's part of genesis, `appState`. Named so that errors read as paths into the file. */
export const ledgerGenesisCodec = struct('appState', {
  accounts: array(genesisAccountCodec, GENESIS_ACCOUNTS_MAX),
  parameters: ledgerParametersCodec,
  /** Chain parameters that start elsewhere than `CHAIN_PARAMETERS` of `@zhtp/dao` says. May be left out of the JSON. */
  chainParameters: array(
    struct('ChainParameterValue', { name: text(PARAMETER_NAME_BYTES_MAX), value: u64 }),
    PARAMETERS_MAX,
  ),
  /** Policy of the compact difficulty; may be left out of the JSON. */
  difficulty: optionalDifficulty,
  /** micro-ZHTP the treasury starts with. */
  treasury: u64,
  /** What lines of its budget may spend in the first calendar year, micro-ZHTP. May be left out of the JSON. */
  budgets: array(struct('Budget', { line: budgetLineNameCodec, amount: u64 }), BUDGET_LINES_MAX),
  /** Storage that validators hold from the start. May be left out of the JSON. */
  storage: array(struct('FirstStorage', { validator: identityCodec, ...storageCommitmentFields }), VALIDATORS_MAX),
  /** Name of the application that the chain hosts; may be left out of the JSON. */
  hosted: hostedNameCodec,
  /**
   * Who may register beside the validators of genesis, where the chain is permissioned (decisions.md §6); none: everybody
   * may. May be left out of the JSON.
   */
  allowList: optionalIdentities,
});
export type LedgerGenesis = TypeOf<typeof ledgerGenesisCodec>;

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const withPublicKey = (account: unknown): unknown =>
  isObject(account) && !Object.hasOwn(account, 'publicKey') ? { ...account, publicKey: null } : account;

/** What may be left out of the file. */
const completed = (appState: unknown): unknown => {
  if (!isObject(appState)) return appState;
  const { accounts } = appState;
  return {
    chainParameters: [],
    difficulty: null,
    budgets: [],
    storage: [],
    hosted: null,
    allowList: null,
    ...appState,
    ...(Array.isArray(accounts) ? { accounts: accounts.map((account: unknown) => withPublicKey(account)) } : {}),
  };
};

const accountFault = (
  account: GenesisAccount,
  algorithm: SignatureAlgorithm,
  seen: ReadonlySet<IdentityId>,
): string | undefined => {
  const { identity, publicKey } = account;
  if (seen.has(identity)) return `identity: ${identity} occurs twice`;
  if (O.isNone(publicKey)) return undefined;
  const key = readAccountKey(algorithm, publicKey.value);
  if (E.isLeft(key)) return `publicKey: ${key.left}`;
  const founded = foundedIdentity(algorithm, publicKey.value);
  return founded === identity ? undefined : `publicKey: belongs to identity ${founded}, not to this account`;
};

const allowListFault = ({ allowList }: LedgerGenesis): string | undefined => {
  const seen = new Set<IdentityId>();
  for (const [index, identity] of O.getOrElse((): readonly IdentityId[] => [])(allowList).entries()) {
    if (seen.has(identity)) return `appState.allowList.${String(index)}: ${identity} occurs twice`;
    seen.add(identity);
  }
  return undefined;
};

const accountsFault = ({ accounts, treasury }: LedgerGenesis, algorithm: SignatureAlgorithm): string | undefined => {
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
  const read = fromJson(ledgerGenesisCodec)(completed(appState));
  if (E.isLeft(read)) return E.left(read.left.message);
  const fault = accountsFault(read.right, algorithm) ?? allowListFault(read.right);
  return fault === undefined ? read : E.left(fault);
};

/** The `appState` to write into a genesis file. */
export const ledgerAppState: (genesis: LedgerGenesis) => Json = toJson(ledgerGenesisCodec);

/** The first accounts as maps, and what they hold together. */
const genesisAccounts = (
  accounts: readonly GenesisAccount[],
): Pick<LedgerState, 'accounts' | 'keys'> & { readonly balances: bigint } => {
  const keys: [MapKey, Uint8Array][] = [];
  for (const { identity, publicKey } of accounts) if (O.isSome(publicKey)) keys.push([identity, publicKey.value]);
  return {
    accounts: mapFrom(accounts.map(({ identity, balance }) => [identity, writeAccountRecord({ balance, nonce: 0n })])),
    keys: mapFrom(keys),
    balances: accounts.reduce((sum, { balance }) => sum + balance, 0n),
  };
};

const balancesOf = (accounts: readonly GenesisAccount[]): ReadonlyMap<IdentityId, bigint> =>
  new Map(accounts.map(({ identity, balance }) => [identity, balance]));

/** The state before the first block: accounts of the application's part, validators and parameters of the chain's. */
export const genesisState = (
  genesis: ChainGenesis,
  { accounts, parameters, ...policy }: LedgerGenesis,
): Either<string, LedgerState> => {
  const domains = genesisDomains(genesis, parameters, policy);
  if (E.isLeft(domains)) return domains;
  const { balances, ...maps } = genesisAccounts(accounts);
  const supply = balances + policy.treasury + domains.right.staking.totals.own;
  if (supply > U64_MAX) return E.left('stakes, balances and treasury of genesis together exceed 2^64 - 1 micro-ZHTP');
  const first = { ...domains.right, governance: withFirstWeights(domains.right, balancesOf(accounts)) };
  return E.right({
    ...first,
    ...maps,
    tries: domainTries(first),
    totals: { balances, feePool: 0n, ubiPool: 0n, governancePool: 0n, supply, emitted: 0n, burned: 0n },
    parameters,
  });
};
