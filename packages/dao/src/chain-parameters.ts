import {
  BLOCK_BYTES_MAX,
  budgetLineNameCodec,
  DEFAULT_EVIDENCE_AGE_MS,
  found,
  U64_MAX,
  type DaoProposalType,
} from '@zhtp/types';

/** Which proposals may change a parameter (economics.md, Governance: What a type may do). */
export type ParameterKind = 'consensus' | 'economic' | 'governance' | 'budget';

/** A parameter of the chain beside the engine's: what it starts at and how far governance may move it. */
export interface ChainParameterRange {
  readonly kind: ParameterKind;
  readonly initial: bigint;
  readonly min: bigint;
  readonly max: bigint;
}

const ZHTP = 1_000_000n;
const DAY = 86_400n;

const range = (kind: ParameterKind, initial: bigint, min: bigint, max: bigint): ChainParameterRange => ({
  kind,
  initial,
  min,
  max,
});
const quorum = (percent: bigint): ChainParameterRange => range('governance', percent, 1n, 50n);
/** 5000 is the strict majority, more than half; above it, at least so many basis points. */
const approval = (basisPoints: bigint): ChainParameterRange => range('governance', basisPoints, 5_000n, 9_000n);
const share = (basisPoints: bigint): ChainParameterRange => range('economic', basisPoints, 0n, 10_000n);

const MAJORITY = 5_000n;
const TWO_THIRDS = 6_667n;

/**
 * The table behind `ChainParameter { name, value }` (economics.md, Governance: Actions). The last part of a name is its
 * unit: `Zhtp` whole ZHTP, `Micro` micro-ZHTP, `Bp` basis points.
 */
export const CHAIN_PARAMETERS = {
  // Governance
  quorumUbiDistributionPercent: quorum(20n),
  quorumWelfareAllocationPercent: quorum(22n),
  quorumProtocolUpgradePercent: quorum(30n),
  quorumTreasuryAllocationPercent: quorum(25n),
  quorumValidatorUpdatePercent: quorum(10n),
  quorumEconomicParamsPercent: quorum(10n),
  quorumGovernanceRulesPercent: quorum(10n),
  quorumFeeStructurePercent: quorum(10n),
  quorumEmergencyPercent: quorum(33n),
  quorumCommunityFundingPercent: quorum(10n),
  quorumResearchGrantsPercent: quorum(10n),
  approvalUbiDistributionBp: approval(MAJORITY),
  approvalWelfareAllocationBp: approval(MAJORITY),
  approvalProtocolUpgradeBp: approval(TWO_THIRDS),
  approvalTreasuryAllocationBp: approval(TWO_THIRDS),
  approvalValidatorUpdateBp: approval(TWO_THIRDS),
  approvalEconomicParamsBp: approval(MAJORITY),
  approvalGovernanceRulesBp: approval(TWO_THIRDS),
  approvalFeeStructureBp: approval(MAJORITY),
  approvalEmergencyBp: approval(TWO_THIRDS),
  approvalCommunityFundingBp: approval(MAJORITY),
  approvalResearchGrantsBp: approval(MAJORITY),
  proposalDepositMicro: range('governance', 100n * ZHTP, 0n, 1_000_000n * ZHTP),
  paymentProposerPowerMin: range('governance', 100n, 1n, 1_000_000n),
  votingUnitZhtp: range('governance', 10_000n, 1n, 1_000_000n),
  votingPeriodMinSeconds: range('governance', DAY, 1n, 30n * DAY),
  votingPeriodMaxSeconds: range('governance', 365n * DAY, DAY, 365n * DAY),
  emergencyVotingPeriodMinSeconds: range('governance', 3_600n, 1n, 30n * DAY),
  timelockEpochs: range('governance', 1n, 0n, 1_000n),
  // Consensus
  maxBlockBytes: range('consensus', 4n * 1024n * 1024n, 1_024n, BigInt(BLOCK_BYTES_MAX)),
  precisionMs: range('consensus', 505n, 1n, 60_000n),
  messageDelayMs: range('consensus', 15_000n, 1n, 600_000n),
  evidenceAgeMs: range('consensus', DEFAULT_EVIDENCE_AGE_MS, 1_000n, 365n * DAY * 1_000n),
  trustingPeriodSeconds: range('consensus', 14n * DAY, 1n, 365n * DAY),
  unbondingSeconds: range('consensus', 21n * DAY, 1n, 365n * DAY),
  signedBlocksWindow: range('consensus', 100n, 10n, 10_000n),
  livenessJailSeconds: range('consensus', 600n, 1n, 365n * DAY),
  // Economy
  baseRewardMicro: range('economic', 100n * ZHTP, 0n, 1_000_000n * ZHTP),
  maxSupplyMicro: range('economic', U64_MAX, 1n, U64_MAX),
  /** Fees; what the three leave is the treasury's. */
  feeShareUbiBp: share(4_500n),
  feeShareValidatorsBp: share(3_000n),
  feeShareGovernanceBp: share(1_500n),
  workMultiplierNetworkRoutingBp: range('economic', 12_000n, 0n, 1_000_000n),
  workMultiplierDataStorageBp: range('economic', 11_000n, 0n, 1_000_000n),
  workMultiplierComputationBp: range('economic', 13_000n, 0n, 1_000_000n),
  workMultiplierValidationBp: range('economic', 10_000n, 0n, 1_000_000n),
  workMultiplierBridgeOperationsBp: range('economic', 15_000n, 0n, 1_000_000n),
  /** Per byte of an encoded transaction; 0 is free. Beyond the maxima nobody could pay for a transaction. */
  minFeePerByteMicro: range('economic', 1n, 0n, 1_000_000n),
  /** For whoever opens an account. */
  newAccountFeeMicro: range('economic', 10_000n, 0n, 1_000_000n * ZHTP),
  // Jail and liveness
  /** After a slash of a tenth or more, and after the third. */
  jailSeconds: range('consensus', DAY, 1n, 365n * DAY),
  /** Of `signedBlocksWindow`. 100 would make a fault of every missed block. */
  minSignedPercent: range('consensus', 50n, 5n, 95n),
} as const satisfies Readonly<Record<string, ChainParameterRange>>;

/** Name of a row of {@link CHAIN_PARAMETERS}. */
export type ChainParameterName = keyof typeof CHAIN_PARAMETERS;

/** Parameters that are not what they started at, by name. */
export type ChainParameterValues = ReadonlyMap<string, bigint>;

/** Whether a text is the name of a row of {@link CHAIN_PARAMETERS}; budget lines have none there. */
export const isChainParameterName = (name: string): name is ChainParameterName =>
  typeof name === 'string' && Object.hasOwn(CHAIN_PARAMETERS, name);

/** `budget.NAME`: what the line of this name may spend in the current year, micro-ZHTP. */
const BUDGET_PREFIX = 'budget.';

/** The budget line that a parameter's name is about, if it is about one. */
export const budgetLineOf = (name: string): string | undefined => {
  if (typeof name !== 'string' || !name.startsWith(BUDGET_PREFIX)) return undefined;
  const line = name.slice(BUDGET_PREFIX.length);
  return budgetLineNameCodec.json.is(line) ? line : undefined;
};

const BUDGET_LINE: ChainParameterRange = range('budget', 0n, 0n, U64_MAX);

/** The row of a name; undefined for a name the table does not know. */
export const chainParameterRange = (name: string): ChainParameterRange | undefined => {
  if (isChainParameterName(name)) return CHAIN_PARAMETERS[name];
  return budgetLineOf(name) === undefined ? undefined : BUDGET_LINE;
};

/**
 * The value in `values`, or what the parameter started at: also where `values` is no Map or holds what is no amount. None for
 * a name the table does not know.
 */
export function chainParameter(values: ChainParameterValues, name: ChainParameterName): bigint;
export function chainParameter(values: unknown, name: unknown): bigint | undefined;
export function chainParameter(values: unknown, name: unknown): bigint | undefined {
  if (typeof name !== 'string' || !isChainParameterName(name)) return undefined;
  const value: unknown = values instanceof Map ? values.get(name) : undefined;
  return typeof value === 'bigint' && value >= 0n && value <= U64_MAX ? value : CHAIN_PARAMETERS[name].initial;
}

export const quorumPercentOf = (values: ChainParameterValues, type: DaoProposalType): bigint =>
  chainParameter(values, `quorum${type}Percent`);

export const approvalBasisPointsOf = (values: ChainParameterValues, type: DaoProposalType): bigint =>
  chainParameter(values, `approval${type}Bp`);

/** Why values contradict each other, or undefined. */
const contradiction = (values: ChainParameterValues): string | undefined => {
  const value = (name: ChainParameterName): bigint => chainParameter(values, name);
  const shares = value('feeShareUbiBp') + value('feeShareValidatorsBp') + value('feeShareGovernanceBp');
  if (shares > 10_000n)
    return `the fee shares add up to ${String(shares)} basis points, they must leave the treasury 0 or more of 10000`;
  if (value('votingPeriodMinSeconds') > value('votingPeriodMaxSeconds'))
    return `votingPeriodMinSeconds ${String(value('votingPeriodMinSeconds'))} must not exceed votingPeriodMaxSeconds ${String(value('votingPeriodMaxSeconds'))}`;
  if (value('emergencyVotingPeriodMinSeconds') > value('votingPeriodMaxSeconds'))
    return `emergencyVotingPeriodMinSeconds ${String(value('emergencyVotingPeriodMinSeconds'))} must not exceed votingPeriodMaxSeconds ${String(value('votingPeriodMaxSeconds'))}`;
  if (value('evidenceAgeMs') > 1_000n * value('unbondingSeconds'))
    return `evidenceAgeMs ${String(value('evidenceAgeMs'))} must not exceed unbondingSeconds ${String(value('unbondingSeconds'))}: stake could leave before it is judged`;
  return 1_000n * value('trustingPeriodSeconds') >= value('evidenceAgeMs')
    ? `trustingPeriodSeconds ${String(value('trustingPeriodSeconds'))} must be shorter than evidenceAgeMs ${String(value('evidenceAgeMs'))}: an attack on a light client could go unpunished`
    : undefined;
};

/** Narrows nothing: what the compiler knows of the entries stays. */
const isMap = (value: unknown): boolean => value instanceof Map;

/** Why a set of values is refused: no Map, an unknown name, a value out of its range, or two that contradict each other. */
export const invalidChainParameters = (values: ChainParameterValues): string | undefined => {
  if (!isMap(values)) return `chain parameters are ${found(values)}, they must be a Map of names and bigints`;
  const names: readonly unknown[] = [...values.keys()];
  const strange = names.find((name) => typeof name !== 'string');
  if (strange !== undefined || names.includes(undefined))
    return `a chain parameter is named ${found(strange)}, its name must be one of the README's table`;
  for (const [name, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = chainParameterRange(name);
    if (row === undefined) return `chain parameter "${name.slice(0, 64)}" is unknown: see the table of the README`;
    if (typeof value !== 'bigint' || value < row.min || value > row.max)
      return `chain parameter ${name} is ${found(value)}, it must be from ${String(row.min)} to ${String(row.max)}`;
  }
  return contradiction(values);
};
