import { CHAIN_PARAMETERS, governanceGenesis, type ChainParameterValues, type GovernanceState } from '@zhtp/dao';
import {
  ceilDiv,
  DEFAULT_DIFFICULTY_CONFIG,
  floorDiv,
  type ConsensusError,
  type DifficultyConfig,
  type Genesis,
} from '@zhtp/types';
import { changeStake, EMPTY_POOL } from '@zhtp/rewards';
import { DEFAULT_RULES, delegationKey, emptyMap, emptyStaking, register, type StakingState } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { governedRules } from './block/governed.ts';
import type { AccrualState, ChainDomains } from './chain-domains.ts';
import { expectRight } from './invariant.ts';

/** The part of genesis that is not the application's. */
export type ChainGenesis = Pick<
  Genesis,
  'chainId' | 'genesisTime' | 'initialHeight' | 'signatureAlgorithm' | 'parameters' | 'validators'
>;
type NamedValue = { readonly name: string; readonly value: bigint };

/** What the application's part of genesis says of governance. */
export interface FirstPolicy {
  readonly chainParameters: readonly NamedValue[];
  /** None: Bitcoin's interval in the time that the chain's block time gives it. */
  readonly difficulty: Option<DifficultyConfig>;
  /** micro-ZHTP. */
  readonly treasury: bigint;
}

/** Every chain parameter at what the table says, an empty treasury. */
export const DEFAULT_FIRST_POLICY: FirstPolicy = { chainParameters: [], difficulty: O.none, treasury: 0n };

const MS_PER_SECOND = 1_000n;

/**
 * The chain's own parameters under the names governance knows them by, and what has to agree with the evidence age where
 * genesis does not say: stake is held as long as evidence counts, a light client trusts for two thirds of it.
 */
const parametersOf = ({ parameters }: ChainGenesis, given: readonly NamedValue[]): ChainParameterValues => {
  const { maxBlockBytes, precisionMs, messageDelayMs, evidenceAgeMs } = parameters;
  const values = new Map<string, bigint>([
    ['maxBlockBytes', BigInt(maxBlockBytes)],
    ['precisionMs', BigInt(precisionMs)],
    ['messageDelayMs', BigInt(messageDelayMs)],
    ['evidenceAgeMs', evidenceAgeMs],
    ['unbondingSeconds', ceilDiv(evidenceAgeMs, MS_PER_SECOND)],
    ['trustingPeriodSeconds', floorDiv(2n * evidenceAgeMs, 3n * MS_PER_SECOND)],
    ...given.map(({ name, value }) => [name, value] as const),
  ]);
  const initial = new Map<string, bigint>(Object.entries(CHAIN_PARAMETERS).map(([name, row]) => [name, row.initial]));
  return new Map([...values].filter(([name, value]) => initial.get(name) !== value));
};

const said =
  (where: string) =>
  ({ message }: ConsensusError): string =>
    `${where}: ${message}`;

const firstGovernance = (
  genesis: ChainGenesis,
  { chainParameters, difficulty, treasury }: FirstPolicy,
): Either<string, GovernanceState> => {
  const { chainId, genesisTime, initialHeight, parameters } = genesis;
  const interval = DEFAULT_DIFFICULTY_CONFIG.adjustmentInterval;
  return E.mapLeft(said('appState.chainParameters'))(
    governanceGenesis({
      chainId,
      config: parameters.consensus,
      chainParameters: parametersOf(genesis, chainParameters),
      // A timespan that the chain's own block time gives, so that the difficulty stays where it is while blocks come on time.
      difficulty: O.getOrElse(() => ({
        ...DEFAULT_DIFFICULTY_CONFIG,
        targetTimespan: interval * parameters.consensus.blockTime,
      }))(difficulty),
      treasuryBalance: treasury,
      at: { height: initialHeight - 1n, timeSeconds: floorDiv(genesisTime, MS_PER_SECOND) },
    }),
  );
};

const firstStaking = (genesis: ChainGenesis, governance: GovernanceState): Either<string, StakingState> => {
  const { signatureAlgorithm, validators, genesisTime, parameters } = genesis;
  const empty = emptyStaking({
    ...DEFAULT_RULES,
    minStake: parameters.consensus.minStake,
    maxValidators: parameters.consensus.maxValidators,
    ...governedRules(governance),
    algorithm: signatureAlgorithm,
    developmentMode: parameters.consensus.developmentMode,
  });
  if (E.isLeft(empty)) return E.left(said('parameters')(empty.left));
  let staking = empty.right;
  for (const [index, validator] of validators.entries()) {
    const atSeconds = floorDiv(genesisTime, MS_PER_SECOND);
    const registered = register(staking, { ...validator, isGenesis: true, atSeconds });
    if (E.isLeft(registered)) return E.left(said(`validators.${String(index)}`)(registered.left));
    staking = registered.right.state;
  }
  return E.right(staking);
};

/** Genesis stake earns from the first round on. */
const firstAccrual = (staking: StakingState): AccrualState => {
  let pools: AccrualState['pools'] = emptyMap();
  let stakes: AccrualState['stakes'] = emptyMap();
  for (const [identity, { validator }] of staking.accounts.entries()) {
    if (validator.stake === 0n) continue;
    const opened = expectRight(changeStake(EMPTY_POOL, undefined, validator.stake), `the genesis stake of ${identity}`);
    pools = pools.with(identity, opened.pool);
    if (opened.delegation !== undefined) stakes = stakes.with(delegationKey(identity, identity), opened.delegation);
  }
  return { pools, stakes, outstanding: 0n };
};

/** Staking, governance and difficulty before the first block; what is wrong is said with the path into genesis. */
export const genesisDomains = (genesis: ChainGenesis, policy: FirstPolicy): Either<string, ChainDomains> => {
  const governance = firstGovernance(genesis, policy);
  if (E.isLeft(governance)) return governance;
  const staking = firstStaking(genesis, governance.right);
  if (E.isLeft(staking)) return staking;
  const { genesisTime, initialHeight, parameters } = genesis;
  return E.right({
    staking: staking.right,
    accrual: firstAccrual(staking.right),
    governance: governance.right,
    faults: emptyMap(),
    sets: emptyMap(),
    epochTimes: emptyMap(),
    difficulty: {
      bits: governance.right.difficulty.initialDifficulty,
      startHeight: initialHeight - 1n,
      startSeconds: floorDiv(genesisTime, MS_PER_SECOND),
    },
    consensus: parameters,
    previous: undefined,
  });
};
