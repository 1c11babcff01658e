import {
  isObject,
  byzantineFaultError,
  DEFAULT_CONSENSUS_CONFIG,
  found,
  u8,
  type ByzantineFaultType,
  type ConsensusError,
  type ConsensusConfig,
  type FaultSeverity,
  type SlashType,
} from '@zhtp/types';

/** The two shares of the table that the configuration sets, percent. */
export type SlashShares = Pick<ConsensusConfig, 'slashDoubleSign' | 'slashLiveness'>;

/** A row of the table: what one fault of one severity costs. */
export interface PenaltyRule {
  readonly faultType: ByzantineFaultType;
  readonly severity: FaultSeverity;
  readonly slashType: SlashType;
  /** Percent of the stake; by name where the configuration sets it. */
  readonly share: number | keyof SlashShares;
  /** `ByRules`: jail from 10 % or the third slash on, as any slash (economics.md, Validators). */
  readonly status: 'Tombstone' | 'Jail' | 'ByRules';
}

/** The one penalty table (economics.md, Faults and penalties). Correlated double signs cost more than the row says. */
export const PENALTY_TABLE: readonly PenaltyRule[] = [
  {
    faultType: 'DoubleSign',
    severity: 'Critical',
    slashType: 'DoubleSign',
    share: 'slashDoubleSign',
    status: 'Tombstone',
  },
  { faultType: 'Liveness', severity: 'Minor', slashType: 'Liveness', share: 'slashLiveness', status: 'Jail' },
  { faultType: 'Liveness', severity: 'Critical', slashType: 'Liveness', share: 3, status: 'Jail' },
  { faultType: 'InvalidProposal', severity: 'Major', slashType: 'InvalidProposal', share: 2, status: 'ByRules' },
  { faultType: 'InvalidVote', severity: 'Minor', slashType: 'InvalidVote', share: 1, status: 'ByRules' },
];

/** A row with the configuration's share filled in. */
export interface Penalty extends Omit<PenaltyRule, 'share'> {
  /** Whole percent; 0 only for Liveness, where it means jail alone. */
  readonly slashPercentage: number;
}

/** decisions.md §2. */
export const DEFAULT_SLASH_SHARES: SlashShares = {
  slashDoubleSign: DEFAULT_CONSENSUS_CONFIG.slashDoubleSign,
  slashLiveness: DEFAULT_CONSENSUS_CONFIG.slashLiveness,
};

/** Least and most the configuration may say (economics.md, Governance, Ranges). */
const SHARE_RANGES: Readonly<Record<keyof SlashShares, readonly [number, number]>> = {
  slashDoubleSign: [1, 100],
  slashLiveness: [0, 20],
};

const refusedShare = (field: keyof SlashShares, value: number): ConsensusError | undefined => {
  const [least, most] = SHARE_RANGES[field];
  return u8.json.is(value) && value >= least && value <= most
    ? undefined
    : byzantineFaultError(
        `${field} is ${found(value)}, it must be a whole percentage from ${String(least)} to ${String(most)}`,
      );
};

/** Which share is outside its range, or undefined. */
export const refusedShares = ({ slashDoubleSign, slashLiveness }: SlashShares): ConsensusError | undefined =>
  refusedShare('slashDoubleSign', slashDoubleSign) ?? refusedShare('slashLiveness', slashLiveness);

/** What a fault costs; undefined for a pair that is not in the table, and for shares outside their range. */
export const penaltyFor = (
  faultType: ByzantineFaultType,
  severity: FaultSeverity,
  shares: SlashShares = DEFAULT_SLASH_SHARES,
): Penalty | undefined => {
  const rule = PENALTY_TABLE.find((row) => row.faultType === faultType && row.severity === severity);
  if (rule === undefined || !isObject(shares) || refusedShares(shares) !== undefined) return undefined;
  const { share, ...rest } = rule;
  return { ...rest, slashPercentage: typeof share === 'number' ? share : shares[share] };
};
