import {
  consensusConfig,
  daoError,
  found,
  GOVERNANCE_UPDATES_MAX,
  governanceParameterValueCodec,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusResult,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { withGovernanceUpdate, type DifficultyConfig, type DifficultyUpdate } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { budgetLineOf, invalidChainParameters, type ChainParameterValues } from './chain-parameters.ts';

/** Everything that updates act on. */
export interface GovernedParameters {
  readonly config: ConsensusConfig;
  /** Those that differ from the table's first values. */
  readonly chainParameters: ChainParameterValues;
  /** The DifficultyManager's. */
  readonly difficulty: DifficultyConfig;
}

/** What a list of updates changes, each part whole: all updates or none. */
export interface ParameterChange extends GovernedParameters {
  /** For the DifficultyManager; no field when none of its values is updated. */
  readonly difficultyUpdate: DifficultyUpdate;
  /** Annual allotments of budget lines, micro-ZHTP; the treasury judges whether it can bear them. */
  readonly budgets: ReadonlyMap<string, bigint>;
}

const keyOf = (update: GovernanceParameterValue): string =>
  update._tag === 'ChainParameter' ? `ChainParameter ${update.name}` : update._tag;

const misfit = (updates: readonly GovernanceParameterValue[]): string | undefined => {
  if (!Array.isArray(updates)) return `updates is ${found(updates)}, it must be a list`;
  const wrong = updates.findIndex((update) => !governanceParameterValueCodec.json.is(update));
  return wrong === -1 ? undefined : `update ${String(wrong)} is no value of a parameter that governance can change`;
};

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

/** The difficulty policy after its part of the updates, judged by the package that owns it. */
const withDifficulty = (change: ParameterChange): ConsensusResult<ParameterChange> =>
  pipe(
    withGovernanceUpdate(change.difficulty, change.difficultyUpdate),
    E.bimap(
      ({ message }): ConsensusError => daoError(`difficulty policy: ${message}`),
      (difficulty) => ({ ...change, difficulty }),
    ),
  );

/**
 * All updates together on what is governed now, or why none: count, a value updated twice, ranges (economics.md,
 * Governance: Execution), contradictions. DaoError in every case.
 */
export const changeParameters = (
  updates: readonly GovernanceParameterValue[],
  current: GovernedParameters,
): ConsensusResult<ParameterChange> => {
  const wrong = misfit(updates) ?? miscounted(updates);
  if (wrong !== undefined) return E.left(daoError(wrong));
  const { config, chainParameters, difficulty } = current;
  const unchanged = { config, chainParameters, difficulty, difficultyUpdate: {}, budgets: new Map<string, bigint>() };
  const change = updates.reduce(withUpdate, unchanged);
  if (change.config.developmentMode && !config.developmentMode)
    return E.left(daoError('developmentMode cannot be switched on in production: one validator could then decide'));
  const valid = consensusConfig(change.config);
  if (E.isLeft(valid)) return E.left(daoError(valid.left));
  const refused = invalidChainParameters(change.chainParameters);
  return refused === undefined ? withDifficulty(change) : E.left(daoError(refused));
};
