import {
  bytesToHex,
  U64_MAX,
  validatorError,
  type ConsensusError,
  type ConsensusResult,
  type FrozenValidator,
  type IdentityId,
  type Validator,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Conviction } from './conviction.ts';
import { emptyMap, type OrderedMap } from './ordered-map.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { refusedRules, type StakingRules } from './staking-rules.ts';
import type { RedelegationEntry, UnbondingEntry } from './unbonding-entry.ts';
import { demoted, type ValidatorAccount } from './validator-account.ts';
import { TOTAL_POWER_MAX } from './validator-set.ts';

/** A block: height and time in unix seconds. */
export interface BlockPoint {
  readonly height: bigint;
  readonly atSeconds: bigint;
}

/** What one delegator has with one validator. */
export interface Delegation {
  readonly shares: bigint;
  /** Of these, redelegated and not yet matured: they cannot move. */
  readonly locked: bigint;
}

/** Kept as sums, so that no rule has to scan. */
export interface StakingTotals {
  readonly own: bigint;
  readonly delegated: bigint;
  readonly unbonding: bigint;
  readonly power: bigint;
  /** Of active validators only. */
  readonly activeOwn: bigint;
  /** Claims of bytes, beyond 64 bits when validators claim so; no rule reads it. */
  readonly activeStorage: bigint;
  readonly activePower: bigint;
  /** Slashed so far; went to the treasury. */
  readonly taken: bigint;
}

/** All of staking after some block. Persistent: a transition answers with another state and leaves this one as it is. */
export interface StakingState {
  readonly rules: StakingRules;
  /** The block in execution, or the last one; undefined before the first: everything acts at once then. */
  readonly now: BlockPoint | undefined;
  /** The boundary is the block `start + length` (economics.md, Validators). */
  readonly epoch: { readonly start: bigint; readonly length: bigint };
  /** Everybody who ever registered: an identity is never used again. */
  readonly accounts: OrderedMap<IdentityId, ValidatorAccount>;
  readonly active: OrderedMap<IdentityId, true>;
  /** Want a seat in a full set at the next boundary. */
  readonly waiting: OrderedMap<IdentityId, true>;
  /** Every key that ever served, in hex, and whom. */
  readonly keys: OrderedMap<string, IdentityId>;
  /** By {@link delegationKey}. */
  readonly delegations: OrderedMap<string, Delegation>;
  /** By validator, delegator and serial number. */
  readonly unbondings: OrderedMap<string, UnbondingEntry>;
  /** By source, delegator, destination and serial number. */
  readonly redelegations: OrderedMap<string, RedelegationEntry>;
  /** What happens to which entry next, in order of time; see `maturity.ts`. */
  readonly queue: OrderedMap<string, string>;
  readonly convictions: OrderedMap<IdentityId, Conviction>;
  /** The last decided set, in identity order: keys and powers as decided. */
  readonly members: readonly FrozenValidator[];
  readonly nextSerial: bigint;
  readonly totals: StakingTotals;
}

/** What a transition answers: the state after it, what happened in it, and its own result. */
export interface Transition<A = void> {
  readonly state: StakingState;
  readonly events: readonly ValidatorEvent[];
  readonly value: A;
}

/** What a transition of staking answers: the next state with its events and a value, or a `ValidatorError`. */
export type StakingResult<A = void> = ConsensusResult<Transition<A>>;

/** An empty state, or which rule makes no sense. */
export const emptyStaking = (rules: StakingRules): ConsensusResult<StakingState> => {
  const refused = refusedRules(rules);
  if (refused !== undefined) return E.left(refused);
  return E.right({
    rules,
    now: undefined,
    epoch: { start: 0n, length: rules.epochLengthBlocks },
    accounts: emptyMap(),
    active: emptyMap(),
    waiting: emptyMap(),
    keys: emptyMap(),
    delegations: emptyMap(),
    unbondings: emptyMap(),
    redelegations: emptyMap(),
    queue: emptyMap(),
    convictions: emptyMap(),
    members: [],
    nextSerial: 0n,
    totals: {
      own: 0n,
      delegated: 0n,
      unbonding: 0n,
      power: 0n,
      activeOwn: 0n,
      activeStorage: 0n,
      activePower: 0n,
      taken: 0n,
    },
  });
};

/** Block time in force; 0 before the first block. */
export const secondsOf = ({ now }: StakingState): bigint => now?.atSeconds ?? 0n;

/** The block at whose end the set may change next. */
const nextBoundary = ({ epoch }: StakingState): bigint => epoch.start + epoch.length;

/** The last height whose frozen set counts stake that leaves now: the set decided in block h acts at h + 2 (protocol.md). */
export const backedUntil = (state: StakingState): bigint => (state.now === undefined ? 0n : nextBoundary(state) + 1n);

const IDENTITY_CHARACTERS = 64;

const isIdentityLong = (value: unknown): boolean => typeof value === 'string' && value.length === IDENTITY_CHARACTERS;

/** Where the delegation of one to the other is found; empty, which is no delegation's, when either is no identity. */
export const delegationKey = (validator: IdentityId, delegator: IdentityId): string =>
  isIdentityLong(validator) && isIdentityLong(delegator) ? `${validator}/${delegator}` : '';

/** The account, or "Validator not found". */
export const findAccount = ({ accounts }: StakingState, identity: IdentityId): ConsensusResult<ValidatorAccount> => {
  const account = accounts.get(identity);
  return account === undefined
    ? E.left(validatorError(`Validator not found: ${String(identity).slice(0, 80)}; register it first`))
    : E.right(account);
};

type Sums = Omit<StakingTotals, 'unbonding' | 'taken'>;

const NOTHING: Sums = {
  own: 0n,
  delegated: 0n,
  power: 0n,
  activeOwn: 0n,
  activeStorage: 0n,
  activePower: 0n,
};

const sumsOf = (validator: Validator): Sums => {
  const { stake, delegatedStake, storageProvided, votingPower, status } = validator;
  const all = { ...NOTHING, own: stake, delegated: delegatedStake, power: votingPower };
  return status === 'Active'
    ? { ...all, activeOwn: stake, activeStorage: storageProvided, activePower: votingPower }
    : all;
};

const moved = (totals: StakingTotals, before: Sums, after: Sums): StakingTotals => ({
  ...totals,
  own: totals.own - before.own + after.own,
  delegated: totals.delegated - before.delegated + after.delegated,
  power: totals.power - before.power + after.power,
  activeOwn: totals.activeOwn - before.activeOwn + after.activeOwn,
  activeStorage: totals.activeStorage - before.activeStorage + after.activeStorage,
  activePower: totals.activePower - before.activePower + after.activePower,
});

const MAY_WAIT: readonly Validator['status'][] = ['Inactive', 'Jailed'];

/** Puts an account in its place, with the indexes and sums that depend on it. The only way an account changes, but for its counts. */
export const withAccount = (state: StakingState, changed: ValidatorAccount): StakingState => {
  const account = demoted(changed);
  const { identity, status, consensusKey } = account.validator;
  const before = state.accounts.get(identity);
  const unchangedStatus = before?.validator.status === status;
  const { active, waiting, keys } = state;
  return {
    ...state,
    accounts: state.accounts.with(identity, account),
    active: unchangedStatus ? active : status === 'Active' ? active.with(identity, true) : active.without(identity),
    waiting: unchangedStatus || MAY_WAIT.includes(status) ? waiting : waiting.without(identity),
    keys: before?.validator.consensusKey === consensusKey ? keys : keys.with(bytesToHex(consensusKey), identity),
    totals: moved(state.totals, before === undefined ? NOTHING : sumsOf(before.validator), sumsOf(account.validator)),
  };
};

/**
 * Puts accounts back of which only counts changed (reputation, activity, liveness), that no index or sum depends on: most of
 * what a block does to accounts.
 * @param changed in identity order
 */
export const withCounts = (state: StakingState, changed: readonly ValidatorAccount[]): StakingState => ({
  ...state,
  accounts: state.accounts.withAll(changed.map((account) => [account.validator.identity, account] as const)),
});

/**
 * Sums of money are u64, and total power has a limit of its own. Storage has none: it is what validators claim and later
 * show, and nobody may keep others from showing theirs by a claim of his own.
 */
export const overflow = ({ totals }: StakingState): ConsensusError | undefined => {
  const { own, delegated, unbonding, power } = totals;
  const fits = (what: string, sum: bigint, max: bigint): ConsensusError | undefined =>
    sum <= max ? undefined : validatorError(`total ${what} of all validators would exceed ${String(max)}`, sum);
  return fits('stake', own + delegated + unbonding, U64_MAX) ?? fits('voting power', power, TOTAL_POWER_MAX);
};

/** Active validators in identity order. */
export const activeAccounts = ({ active, accounts }: StakingState): readonly ValidatorAccount[] =>
  [...active.entries()].flatMap(([identity]) => accounts.get(identity) ?? []);
