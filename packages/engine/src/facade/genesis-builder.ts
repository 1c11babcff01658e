import { either as E, option as O } from 'fp-ts';
import { DEFAULT_FIRST_POLICY, DEFAULT_LEDGER_PARAMETERS, ledgerAppState } from '@zhtp/ledger';
import {
  activeValidatorsMin,
  CHAIN_ID_BYTES_MAX,
  found,
  DEFAULT_CHAIN_PARAMETERS,
  GENESIS_FORMAT_VERSION,
  mistypedField,
  networkStateError,
  text,
  timeError,
  u64,
  validatorError,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusResult,
  type Genesis,
  type IdentityId,
  type Json,
  type SignatureAlgorithm,
} from '@zhtp/types';

/** A validator of the engine's genesis, as `registerValidator` took it. */
export interface FoundingValidator {
  readonly identity: IdentityId;
  readonly stake: bigint;
  readonly storageProvided: bigint;
  readonly consensusKey: Uint8Array;
  readonly commissionRate: number;
  readonly proofOfPossession: Uint8Array;
}

export interface GenesisBasis {
  readonly chainId: string;
  /** Unix milliseconds. */
  readonly genesisTime: bigint;
  readonly algorithm: SignatureAlgorithm;
  readonly config: ConsensusConfig;
  readonly validators: readonly FoundingValidator[];
  readonly appState: Json | undefined;
  /** Name of the application that a ledger without an `appState` hosts. */
  readonly hosted: string | undefined;
}

const emptyLedger = (hosted: string | undefined): Json =>
  ledgerAppState({
    accounts: [],
    parameters: DEFAULT_LEDGER_PARAMETERS,
    ...DEFAULT_FIRST_POLICY,
    hosted: O.fromNullable(hosted),
  });

const chainIdCodec = text(CHAIN_ID_BYTES_MAX);

const refusedName = (chainId: string): ConsensusError | undefined => {
  if (chainId === '') return networkStateError('chainId is empty: name the chain');
  return chainIdCodec.json.is(chainId)
    ? undefined
    : networkStateError(`chainId is ${found(chainId)}, it must be text of at most ${String(CHAIN_ID_BYTES_MAX)} bytes`);
};

const refusedTime = (genesisTime: bigint): ConsensusError | undefined => {
  const reason = mistypedField('genesisTime', u64, genesisTime);
  return reason === undefined ? undefined : timeError(`${reason} of unix milliseconds; set the clock or pass another`);
};

/** Genesis as it stands, whether or not a chain may start from it. */
export const draftGenesis = ({
  chainId,
  genesisTime,
  algorithm,
  config,
  validators,
  appState,
  hosted,
}: GenesisBasis): Genesis => ({
  formatVersion: GENESIS_FORMAT_VERSION,
  chainId,
  genesisTime,
  initialHeight: 1n,
  signatureAlgorithm: algorithm,
  parameters: { ...DEFAULT_CHAIN_PARAMETERS, consensus: config },
  validators: validators.toSorted((a, b) => (a.identity < b.identity ? -1 : 1)),
  appState: appState ?? emptyLedger(hosted),
});

/** The genesis that a configuration and its registered validators make: the engine before the start is genesis (decisions.md §3). */
export const buildGenesis = (basis: GenesisBasis): ConsensusResult<Genesis> => {
  const { chainId, genesisTime, config, validators } = basis;
  const least = activeValidatorsMin(config);
  if (validators.length < least)
    return E.left(
      validatorError(
        `${String(validators.length)} validators are registered; ${config.developmentMode ? 'development mode needs 1' : 'production needs 4 (developmentMode runs with 1)'}: register more before the start`,
        validators.length,
      ),
    );
  const refused = refusedName(chainId) ?? refusedTime(genesisTime);
  return refused === undefined ? E.right(draftGenesis(basis)) : E.left(refused);
};
