import { chainParameter, governanceGenesis, type GovernanceState } from '@zhtp/dao';
import { DifficultyManager } from '@zhtp/difficulty';
import {
  DEFAULT_DIFFICULTY_CONFIG,
  floorDiv,
  type ConsensusError,
  type DifficultyConfig,
  type Genesis,
  type IdentityId,
} from '@zhtp/types';
import { changeStake, EMPTY_POOL } from '@zhtp/rewards';
import {
  DEFAULT_RULES,
  delegationKey,
  emptyMap,
  emptyStaking,
  register,
  type StakingRules,
  type StakingState,
} from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { governedRules } from './block/governed.ts';
import type { AccrualState, ChainDomains } from './chain-domains.ts';
import { firstChainParameters, type NamedValue } from './genesis-parameters.ts';
import { expectRight } from './invariant.ts';
import type { LedgerParameters } from './parameters.ts';
import { firstProofs, type StorageCommitment } from './proofs/proof-state.ts';
import { firstVoting } from './voting-weight.ts';

/** The part of genesis that is not the application's. */
export type ChainGenesis = Pick<
  Genesis,
  'chainId' | 'genesisTime' | 'initialHeight' | 'signatureAlgorithm' | 'parameters' | 'validators'
>;

/** What the application's part of genesis says of governance. */
export interface FirstPolicy {
  readonly chainParameters: readonly NamedValue[];
  /** None: Bitcoin's interval in the time that the chain's block time gives it. */
  readonly difficulty: Option<DifficultyConfig>;
  /** micro-ZHTP. */
  readonly treasury: bigint;
  /** What lines of the treasury's budget may spend in the first calendar year, micro-ZHTP. */
  readonly budgets: readonly { readonly line: string; readonly amount: bigint }[];
  /** What validators hold from the start: chains whose proposals carry storage proofs begin with it. */
  readonly storage: readonly (StorageCommitment & { readonly validator: IdentityId })[];
  /** Name of the application that the chain hosts beside these rules: nodes without it refuse the chain. */
  readonly hosted: Option<string>;
  /** Who may register beside the validators of genesis; none: everybody. Nothing but genesis says so: no proposal changes it. */
  readonly allowList: Option<readonly IdentityId[]>;
}

/** Every chain parameter at what the table says, an empty treasury without a budget. */
export const DEFAULT_FIRST_POLICY: FirstPolicy = {
  chainParameters: [],
  difficulty: O.none,
  treasury: 0n,
  budgets: [],
  storage: [],
  hosted: O.none,
  allowList: O.none,
};

const MS_PER_SECOND = 1_000n;

const said =
  (where: string) =>
  ({ message }: ConsensusError): string =>
    `${where}: ${message}`;

/** A timespan that the chain's own block time gives, so that the difficulty stays where it is while blocks come on time. */
const ownPace = ({ parameters }: ChainGenesis): DifficultyConfig => ({
  ...DEFAULT_DIFFICULTY_CONFIG,
  targetTimespan: DEFAULT_DIFFICULTY_CONFIG.adjustmentInterval * parameters.consensus.blockTime,
});

const budgetsOf = (budgets: FirstPolicy['budgets']): Either<string, ReadonlyMap<string, bigint>> => {
  const lines = new Map<string, bigint>();
  for (const [index, { line, amount }] of budgets.entries()) {
    if (lines.has(line)) return E.left(`appState.budgets.${String(index)}.line: ${line} occurs twice`);
    lines.set(line, amount);
  }
  return E.right(lines);
};

const firstGovernance = (
  genesis: ChainGenesis,
  prices: LedgerParameters,
  { chainParameters, difficulty, treasury, budgets }: FirstPolicy,
): Either<string, GovernanceState> => {
  const { chainId, genesisTime, initialHeight, parameters } = genesis;
  const values = firstChainParameters(parameters, prices, chainParameters);
  if (E.isLeft(values)) return values;
  const lines = budgetsOf(budgets);
  if (E.isLeft(lines)) return lines;
  const policy = DifficultyManager.create(O.getOrElse(() => ownPace(genesis))(difficulty));
  if (E.isLeft(policy)) return E.left(`appState.difficulty: ${policy.left.message}`);
  const withoutBudgets = {
    chainId,
    config: parameters.consensus,
    chainParameters: values.right,
    difficulty: policy.right.config(),
    treasuryBalance: treasury,
    at: { height: initialHeight - 1n, timeSeconds: floorDiv(genesisTime, MS_PER_SECOND) },
  };
  const first = E.mapLeft(said('parameters'))(governanceGenesis(withoutBudgets));
  return E.isLeft(first)
    ? first
    : E.mapLeft(said('appState'))(governanceGenesis({ ...withoutBudgets, budgets: lines.right }));
};

/** Whom a permissioned chain lets register; genesis lets its own validators in. */
const allowedBy = (
  { parameters, validators }: ChainGenesis,
  allowList: FirstPolicy['allowList'],
): Either<string, Pick<StakingRules, 'allowed'>> => {
  if (O.isNone(allowList)) return E.right({});
  const { consensusType } = parameters.consensus;
  if (consensusType !== 'ByzantineFaultTolerance')
    return E.left(
      `appState.allowList: parameters.consensus.consensusType is ${consensusType}, whose validators stake to be let in; leave the list out, or take ByzantineFaultTolerance`,
    );
  return E.right({ allowed: new Set([...validators.map(({ identity }) => identity), ...allowList.value]) });
};

const firstStaking = (
  genesis: ChainGenesis,
  governance: GovernanceState,
  allowList: FirstPolicy['allowList'],
): Either<string, StakingState> => {
  const { signatureAlgorithm, validators, genesisTime, parameters } = genesis;
  const allowed = allowedBy(genesis, allowList);
  if (E.isLeft(allowed)) return allowed;
  const empty = emptyStaking({
    ...DEFAULT_RULES,
    minStake: parameters.consensus.minStake,
    maxValidators: parameters.consensus.maxValidators,
    ...governedRules(governance),
    ...allowed.right,
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
export const genesisDomains = (
  genesis: ChainGenesis,
  prices: LedgerParameters,
  policy: FirstPolicy,
): Either<string, ChainDomains> => {
  const governance = firstGovernance(genesis, prices, policy);
  if (E.isLeft(governance)) return governance;
  const staking = firstStaking(genesis, governance.right, policy.allowList);
  if (E.isLeft(staking)) return staking;
  const { genesisTime, initialHeight, parameters } = genesis;
  return E.right({
    staking: staking.right,
    accrual: firstAccrual(staking.right),
    governance: governance.right,
    voting: firstVoting(staking.right, chainParameter(governance.right.chainParameters, 'votingUnitZhtp')),
    proofs: firstProofs(policy.storage, initialHeight - 1n),
    faults: emptyMap(),
    hosted: emptyMap(),
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
