import {
  budgetLineNameCodec,
  CHAIN_ID_BYTES_MAX,
  consensusConfig,
  daoError,
  DEFAULT_CONSENSUS_CONFIG,
  DEFAULT_DIFFICULTY_CONFIG,
  encodeUtf8,
  found,
  mistypedField,
  u64,
  ZERO_HASH,
  type ConsensusConfig,
  type ConsensusResult,
} from '@zhtp/types';
import { DifficultyManager, type DifficultyConfigInput } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import { invalidPosition, type BlockPosition } from './block-position.ts';
import { yearOf } from './calendar-year.ts';
import { budgetLineOf, invalidChainParameters, type ChainParameterValues } from './chain-parameters.ts';
import { EMPTY_REGISTER, OPEN_ELECTORATE } from './electorate.ts';
import type { GovernanceState } from './governance-state.ts';
import { HexMap } from './hex-map.ts';
import { emptyTreasury, withBudgets } from './treasury.ts';

/** What governance starts with. */
export interface GovernanceGenesis {
  /** 1 to 64 bytes of UTF-8. */
  readonly chainId: string;
  /** Completed with the defaults. */
  readonly config?: Partial<ConsensusConfig>;
  /** Chain parameters that start elsewhere than the table says. */
  readonly chainParameters?: ChainParameterValues;
  /** Bitcoin's when left out; a `difficultyManager` of the engine goes before it. */
  readonly difficulty?: DifficultyConfigInput;
  /** `open`: everyone has power 1. `registered`, the default: weights are set by account. */
  readonly electorate?: 'open' | 'registered';
  /** micro-ZHTP. */
  readonly treasuryBalance?: bigint;
  /** What lines may spend in the first calendar year, micro-ZHTP; the treasury must cover them. */
  readonly budgets?: ReadonlyMap<string, bigint>;
  /** The block before the first; height and time 0 when left out. */
  readonly at?: BlockPosition;
}

const ORIGIN: BlockPosition = { height: 0n, timeSeconds: 0n };

const start = (
  chainId: string,
  config: ConsensusConfig,
  { chainParameters, electorate, treasuryBalance, at }: Omit<GovernanceGenesis, 'chainId' | 'config' | 'budgets'>,
): GovernanceState => ({
  chainId,
  at: at ?? ORIGIN,
  decidedConfig: config,
  configInForce: config,
  chainParameters: chainParameters ?? new Map(),
  difficulty: DEFAULT_DIFFICULTY_CONFIG,
  electorate: electorate === 'open' ? OPEN_ELECTORATE : EMPTY_REGISTER,
  open: HexMap.empty(),
  ended: HexMap.empty(),
  endedOrder: [],
  clearing: [],
  proposalCounts: HexMap.empty(),
  treasury: emptyTreasury(yearOf((at ?? ORIGIN).timeSeconds), treasuryBalance ?? 0n),
  escrow: 0n,
  incomeOfEpoch: 0n,
});

/**
 * Governance outside any chain: everyone has power 1, nobody pays a deposit because nobody has an account
 * (economics.md, Governance).
 */
export const DETACHED_GOVERNANCE: GovernanceState = start('detached', DEFAULT_CONSENSUS_CONFIG, {
  electorate: 'open',
  chainParameters: new Map([['proposalDepositMicro', 0n]]),
});

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

const invalidBudgets = (budgets: unknown): string | undefined => {
  if (budgets === undefined) return undefined;
  if (!(budgets instanceof Map)) return 'budgets must be a Map of line names and bigints';
  const lines: ReadonlyMap<unknown, unknown> = budgets;
  for (const [name, amount] of lines) {
    if (!budgetLineNameCodec.json.is(name)) return `budgets: ${found(name)} is no name of a budget line`;
    const notAmount = mistypedField(`budgets.${name}`, u64, amount);
    if (notAmount !== undefined) return notAmount;
  }
  return undefined;
};

const refusal = (genesis: GovernanceGenesis): string | undefined => {
  const { chainId, electorate, treasuryBalance, chainParameters = new Map() } = genesis;
  if (
    !isText(chainId) ||
    chainId === '' ||
    chainId.length > CHAIN_ID_BYTES_MAX ||
    encodeUtf8(chainId).length > CHAIN_ID_BYTES_MAX
  )
    return `chainId is ${found(chainId)}, it must be text of 1 to ${String(CHAIN_ID_BYTES_MAX)} bytes`;
  if (electorate !== undefined && electorate !== 'open' && electorate !== 'registered')
    return `electorate is ${found(electorate)}, it must be open or registered`;
  const notAmount = treasuryBalance === undefined ? undefined : mistypedField('treasuryBalance', u64, treasuryBalance);
  if (notAmount !== undefined) return notAmount;
  if (!(chainParameters instanceof Map)) return 'chainParameters must be a Map of names and bigints';
  const names: readonly unknown[] = [...chainParameters.keys()];
  if (!names.every((name) => typeof name === 'string')) return 'chainParameters must be a Map of names and bigints';
  if (names.some((name) => budgetLineOf(String(name)) !== undefined))
    return 'chainParameters holds a budget line: give it as one of the budgets';
  return invalidBudgets(genesis.budgets) ?? invalidChainParameters(chainParameters);
};

/** The first state of a chain's governance. DaoError names the field that is refused. */
export const governanceGenesis = (genesis: GovernanceGenesis): ConsensusResult<GovernanceState> => {
  const given: unknown = genesis;
  if (typeof given !== 'object' || given === null)
    return E.left(daoError(`a genesis is an object of named fields, got ${found(given)}`));
  const wrong = refusal(genesis);
  if (wrong !== undefined) return E.left(daoError(wrong));
  const misplaced = invalidPosition(genesis.at ?? ORIGIN, ORIGIN);
  if (misplaced !== undefined) return E.left(misplaced);
  const { config = {}, chainId, ...rest } = genesis;
  const whole = consensusConfig(config);
  if (E.isLeft(whole)) return E.left(daoError(`config: ${whole.left}`));
  const policy = DifficultyManager.create(genesis.difficulty ?? DEFAULT_DIFFICULTY_CONFIG);
  if (E.isLeft(policy)) return E.left(daoError(`difficulty: ${policy.left.message}`));
  const first = start(chainId, whole.right, { ...rest, chainParameters: new Map(genesis.chainParameters) });
  const treasury = withBudgets(first.treasury, genesis.budgets ?? new Map(), ZERO_HASH);
  if (E.isLeft(treasury)) return E.left(daoError(`budgets: ${treasury.left.message}`));
  return E.right({ ...first, treasury: treasury.right, difficulty: policy.right.config() });
};
