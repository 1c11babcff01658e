import {
  consensusConfig,
  daoError,
  GOVERNANCE_UPDATES_MAX,
  type ConsensusConfig,
  type ConsensusResult,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { budgetLineOf, invalidChainParameters, type ChainParameterValues } from './chain-parameters.ts';
import type { DifficultyUpdate } from './difficulty-update.ts';

/** What a list of updates changes, each part whole: all updates or none. */
export interface ParameterChange {
  readonly config: ConsensusConfig;
  /** For the DifficultyManager; no field when none of its values is updated. */
  readonly difficultyUpdate: DifficultyUpdate;
  readonly chainParameters: ChainParameterValues;
  /** Annual allotments of budget lines, micro-ZHTP; the treasury judges whether it can bear them. */
  readonly budgets: ReadonlyMap<string, bigint>;
}

const keyOf = (update: GovernanceParameterValue): string =>
  update._tag === 'ChainParameter' ? `ChainParameter ${update.name}` : update._tag;

const miscounted = (updates: readonly GovernanceParameterValue[]): string | undefined => {
  if (updates.length < 1 || updates.length > GOVERNANCE_UPDATES_MAX)
    return `a proposal has 1 to ${String(GOVERNANCE_UPDATES_MAX)} updates, got ${String(updates.length)}`;
  const keys = updates.map(keyOf);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  return twice === undefined ? undefined : `${twice} is updated twice in one proposal: keep one of the two`;
};

/** The change of one value; ranges are judged on the whole. */
const withUpdate = (change: ParameterChange, update: GovernanceParameterValue): ParameterChange => {
  const config = (fields: Partial<ConsensusConfig>): ParameterChange => ({
    ...change,
    config: { ...change.config, ...fields },
  });
  const difficulty = (fields: DifficultyUpdate): ParameterChange => ({
    ...change,
    difficultyUpdate: { ...change.difficultyUpdate, ...fields },
  });
  switch (update._tag) {
    case 'MinStake':
      return config({ minStake: update.value });
    case 'MinStorage':
      return config({ minStorage: update.value });
    case 'MaxValidators':
      return config({ maxValidators: update.value });
    case 'BlockTime':
      return config({ blockTime: update.value });
    case 'ProposeTimeout':
      return config({ proposeTimeout: update.value });
    case 'PrevoteTimeout':
      return config({ prevoteTimeout: update.value });
    case 'PrecommitTimeout':
      return config({ precommitTimeout: update.value });
    case 'MaxTransactionsPerBlock':
      return config({ maxTransactionsPerBlock: update.value });
    case 'MaxDifficulty':
      return config({ maxDifficulty: update.value });
    case 'TargetDifficulty':
      return config({ targetDifficulty: update.value });
    case 'ByzantineThreshold':
      return config({ byzantineThreshold: update.value });
    case 'SlashDoubleSign':
      return config({ slashDoubleSign: update.value });
    case 'SlashLiveness':
      return config({ slashLiveness: update.value });
    case 'DevelopmentMode':
      return config({ developmentMode: update.value });
    case 'EpochLengthBlocks':
      return config({ epochLengthBlocks: update.value });
    case 'BlockchainInitialDifficulty':
      return difficulty({ initialDifficulty: update.value });
    case 'BlockchainAdjustmentInterval':
      return difficulty({ adjustmentInterval: update.value });
    case 'BlockchainTargetTimespan':
      return difficulty({ targetTimespan: update.value });
    case 'ChainParameter': {
      const line = budgetLineOf(update.name);
      return line === undefined
        ? { ...change, chainParameters: new Map([...change.chainParameters, [update.name, update.value]]) }
        : { ...change, budgets: new Map([...change.budgets, [line, update.value]]) };
    }
  }
};

const INTERVAL_BLOCKS = { min: 2n, max: 1_000_000n } as const;
/** The documented adjustment factor; the DifficultyManager itself judges by its own. */
const TIMESPAN_SECONDS = { min: 4n, max: 1n << 32n } as const;

const outside = (
  name: string,
  value: bigint | undefined,
  { min, max }: { readonly min: bigint; readonly max: bigint },
): string | undefined =>
  value === undefined || (value >= min && value <= max)
    ? undefined
    : `${name} is ${String(value)}, it must be from ${String(min)} to ${String(max)}`;

const invalidDifficultyUpdate = (update: DifficultyUpdate): string | undefined =>
  outside('BlockchainAdjustmentInterval', update.adjustmentInterval, INTERVAL_BLOCKS) ??
  outside('BlockchainTargetTimespan', update.targetTimespan, TIMESPAN_SECONDS);

/**
 * All updates together on `config` and `chainParameters`, or why none: count, a value updated twice, ranges
 * (economics.md, Governance: Execution), contradictions. DaoError in every case.
 */
export const changeParameters = (
  updates: readonly GovernanceParameterValue[],
  config: ConsensusConfig,
  chainParameters: ChainParameterValues,
): ConsensusResult<ParameterChange> => {
  const wrong = miscounted(updates);
  if (wrong !== undefined) return E.left(daoError(wrong));
  const unchanged: ParameterChange = { config, difficultyUpdate: {}, chainParameters, budgets: new Map() };
  const change = updates.reduce(withUpdate, unchanged);
  if (change.config.developmentMode && !config.developmentMode)
    return E.left(daoError('developmentMode cannot be switched on in production: one validator could then decide'));
  const valid = consensusConfig(change.config);
  if (E.isLeft(valid)) return E.left(daoError(valid.left));
  const refused = invalidDifficultyUpdate(change.difficultyUpdate) ?? invalidChainParameters(change.chainParameters);
  return refused === undefined ? E.right(change) : E.left(daoError(refused));
};
