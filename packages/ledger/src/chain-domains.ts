import type { AccrualPool, AccrualStake } from '@zhtp/rewards';
import type { FaultFile } from '@zhtp/byzantine';
import type { GovernanceState } from '@zhtp/dao';
import type { ChainParameters, FrozenValidator, Hash, IdentityId } from '@zhtp/types';
import type { OrderedMap, StakingState } from '@zhtp/validators';
import type { ProofState } from './proofs/proof-state.ts';

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

/** What voting weights are made of beside accounts and stakes (economics.md, Governance: On chain). */
export interface VotingState {
  /** Whole ZHTP per unit of weight, as of the last epoch boundary. */
  readonly unitZhtp: bigint;
  /** What each account has delegated to all validators together, as rewards last settled it, micro-ZHTP. */
  readonly delegatedOut: OrderedMap<IdentityId, bigint>;
  /** min(100, reputation) of each validator at the start of the epoch; none for 0. */
  readonly reputations: OrderedMap<IdentityId, number>;
  /** Validators whose delegators are being settled after a slash, with the delegation that comes next. */
  readonly slashed: OrderedMap<IdentityId, string>;
  /** Accounts whose path is not below this one still have weights in the unit before; undefined: none has. */
  readonly recountFrom: Hash | undefined;
}

/** The rules' side of the state: everything but the accounts, each part the persistent state of the package that owns it. */
export interface ChainDomains {
  readonly staking: StakingState;
  readonly accrual: AccrualState;
  /** With the treasury, the parameters decided and in force. */
  readonly governance: GovernanceState;
  readonly voting: VotingState;
  /** Storage and work that was shown. */
  readonly proofs: ProofState;
  /** Offences proven on chain. */
  readonly faults: OrderedMap<IdentityId, FaultFile>;
  /** Entries of the hosted application, by its own keys. */
  readonly hosted: OrderedMap<string, Uint8Array>;
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
