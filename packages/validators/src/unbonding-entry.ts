import type { IdentityId } from '@zhtp/types';

/** Stake on its way out, still liable (economics.md, Validators). Own stake has the validator as its delegator. */
export interface UnbondingEntry {
  readonly validator: IdentityId;
  readonly delegator: IdentityId;
  /** micro-ZHTP when it left. */
  readonly initial: bigint;
  /** What slashes have left of it. */
  readonly left: bigint;
  /** Last height whose frozen set counts it: infractions up to here reach it. */
  readonly backedUntil: bigint;
  /** Unix seconds; undefined until block `backedUntil` has a time. */
  readonly maturesAt: bigint | undefined;
  readonly serial: bigint;
}

/** Stake that moved from one validator to another and still answers for the first. */
export interface RedelegationEntry {
  readonly source: IdentityId;
  readonly destination: IdentityId;
  readonly delegator: IdentityId;
  readonly initial: bigint;
  /** Shares of the destination's pool that it bought and that slashes have left; they cannot move. */
  readonly shares: bigint;
  readonly backedUntil: bigint;
  readonly maturesAt: bigint | undefined;
  readonly serial: bigint;
}

/** Most open entries per pair. */
export const ENTRIES_PER_PAIR_MAX = 7;

const DIGITS = 20;
/** Numbers as text that sorts like the numbers. */
export const sortable = (n: bigint): string => n.toString().padStart(DIGITS, '0');

type UnbondingPlace = Pick<UnbondingEntry, 'validator' | 'delegator'>;
type RedelegationPlace = Pick<RedelegationEntry, 'source' | 'delegator' | 'destination'>;

export const unbondingPair = ({ validator, delegator }: UnbondingPlace): string => `${validator}/${delegator}/`;
export const unbondingKey = (entry: UnbondingEntry): string => `${unbondingPair(entry)}${sortable(entry.serial)}`;

export const redelegationPair = ({ source, delegator, destination }: RedelegationPlace): string =>
  `${source}/${delegator}/${destination}/`;
export const redelegationKey = (entry: RedelegationEntry): string =>
  `${redelegationPair(entry)}${sortable(entry.serial)}`;
