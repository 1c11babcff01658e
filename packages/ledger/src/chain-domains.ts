import type { AccrualPool, AccrualStake } from '@zhtp/rewards';
import type { FaultFile } from '@zhtp/byzantine';
import type { GovernanceState } from '@zhtp/dao';
import type { ChainParameters, FrozenValidator, IdentityId } from '@zhtp/types';
import type { OrderedMap, StakingState } from '@zhtp/validators';

/** Rewards not paid out yet, by validator and by delegation; the rules are those of `@zhtp/rewards`. */
export interface AccrualState {
  readonly pools: OrderedMap<IdentityId, AccrualPool>;
  /** By `delegationKey(validator, delegator)`; a validator's own stake is one of its delegations. */
  readonly stakes: OrderedMap<string, AccrualStake>;
  /** Sum over the pools, micro-ZHTP. */
  readonly outstanding: bigint;
}

/** The compact difficulty in force and where its interval began. */
export interface DifficultyRecord {
  /** Of the next block. */
  readonly bits: number;
  /** The interval's first block; genesis at the start. */
  readonly startHeight: bigint;
  /** Its time, unix seconds. */
  readonly startSeconds: bigint;
}

/** What the next block needs to know of the last one. */
export interface LastBlock {
  readonly height: bigint;
  /** Unix seconds. */
  readonly atSeconds: bigint;
  readonly proposer: IdentityId;
  /** Paid in it, micro-ZHTP; shared out when the next block shows who signed it. */
  readonly fees: bigint;
}

/** The rules' side of the state: everything but the accounts, each part the persistent state of the package that owns it. */
export interface ChainDomains {
  readonly staking: StakingState;
  readonly accrual: AccrualState;
  /** With the treasury, the parameters decided and in force. */
  readonly governance: GovernanceState;
  /** Offences proven on chain. */
  readonly faults: OrderedMap<IdentityId, FaultFile>;
  /** Frozen sets by the height they act from ({@link heightKey}), as far back as evidence counts. */
  readonly sets: OrderedMap<string, readonly FrozenValidator[]>;
  /** Time in unix seconds of blocks at which an epoch began, by height ({@link heightKey}), as far back. */
  readonly epochTimes: OrderedMap<string, bigint>;
  readonly difficulty: DifficultyRecord;
  /** What consensus runs by in the next height. */
  readonly consensus: ChainParameters;
  /** Undefined before the first block. */
  readonly previous: LastBlock | undefined;
}

const HEIGHT_DIGITS = 20;

/** A height as a key that sorts like it. */
export const heightKey = (height: bigint): string => height.toString().padStart(HEIGHT_DIGITS, '0');
