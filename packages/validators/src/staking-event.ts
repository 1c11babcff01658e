import type { ConsensusEvent, IdentityId, SlashType } from '@zhtp/types';

/** The documented events that validators cause. ValidatorJoin: it enters the set; ValidatorLeave: it chose to leave. */
type DocumentedEvent = Extract<
  ConsensusEvent,
  { readonly _tag: 'ValidatorRegistered' | 'ValidatorJoin' | 'ValidatorLeave' }
>;

/**
 * A delegation changed: rewards settle it at `sharesBefore` first. The two kinds of event about pools are all that an
 * accrual by shares and slash events needs (economics.md, Rewards).
 */
export interface DelegationChanged {
  readonly _tag: 'DelegationChanged';
  readonly validator: IdentityId;
  readonly delegator: IdentityId;
  readonly sharesBefore: bigint;
  readonly sharesAfter: bigint;
}

/** Tokens of a delegation pool fell and its shares did not. */
export interface PoolSlashed {
  readonly _tag: 'PoolSlashed';
  readonly validator: IdentityId;
  readonly tokensBefore: bigint;
  readonly tokensAfter: bigint;
}

/** Amounts in micro-ZHTP, times in unix seconds. Every amount that enters or leaves staking is in exactly one of them. */
export type StakingEvent =
  | DelegationChanged
  | PoolSlashed
  | { readonly _tag: 'StakeBonded'; readonly validator: IdentityId; readonly amount: bigint }
  | {
      readonly _tag: 'Delegated';
      readonly validator: IdentityId;
      readonly delegator: IdentityId;
      readonly amount: bigint;
    }
  | {
      readonly _tag: 'UnbondingStarted';
      readonly validator: IdentityId;
      readonly delegator: IdentityId;
      readonly amount: bigint;
      readonly backedUntil: bigint;
    }
  | {
      readonly _tag: 'Redelegated';
      readonly source: IdentityId;
      readonly destination: IdentityId;
      readonly delegator: IdentityId;
      readonly amount: bigint;
      readonly backedUntil: bigint;
    }
  /** Liquid again: the amount is the delegator's. */
  | {
      readonly _tag: 'UnbondingCompleted';
      readonly validator: IdentityId;
      readonly delegator: IdentityId;
      readonly amount: bigint;
    }
  /** Taken from stake, for the treasury. */
  | {
      readonly _tag: 'ValidatorSlashed';
      readonly validator: IdentityId;
      readonly slashType: SlashType;
      readonly taken: bigint;
      readonly own: bigint;
    }
  | { readonly _tag: 'ValidatorJailed'; readonly validator: IdentityId; readonly until: bigint }
  | { readonly _tag: 'ValidatorReleased'; readonly validator: IdentityId }
  | { readonly _tag: 'ValidatorTombstoned'; readonly validator: IdentityId }
  | { readonly _tag: 'ValidatorDisplaced'; readonly validator: IdentityId; readonly by: IdentityId }
  | { readonly _tag: 'ValidatorReactivated'; readonly validator: IdentityId }
  | { readonly _tag: 'CommissionChanged'; readonly validator: IdentityId; readonly rate: number }
  | { readonly _tag: 'ConsensusKeyChanged'; readonly validator: IdentityId }
  | { readonly _tag: 'LivenessFault'; readonly validator: IdentityId; readonly height: bigint }
  /** An alarm: fewer than four validators decide from `actsAt` on. */
  | { readonly _tag: 'SetBelowFour'; readonly actsAt: bigint; readonly validators: number };

/** Everything `events$` of a manager carries: the documented events first, the others additional. */
export type ValidatorEvent = DocumentedEvent | StakingEvent;
