import {
  identityCodec,
  maxBigint,
  minBigint,
  mulDivFloor,
  u64,
  validatorError,
  type ConsensusError,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { convictsNear, correlatedFraction, fractionAmong, isCorrelated, type Infraction } from './correlation.ts';
import { lockedUntil, withRedelegation, withUnbonding } from './maturity.ts';
import { mistyped } from './refusals.ts';
import { PPM, PPM_PER_PERCENT } from './slash-consequences.ts';
import { redelegatedWorth, slashStake, takeFromPool, takeRedelegated, type SlashTaken } from './slash.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { secondsOf, withAccount, type StakingResult, type StakingState } from './staking-state.ts';
import type { RedelegationEntry, UnbondingEntry } from './unbonding-entry.ts';
import { bondedAt, bondedOf } from './validator-account.ts';

/** A double sign that was slashed, kept so that later ones near it can raise it. */
export interface Conviction extends Infraction {
  readonly identity: IdentityId;
  readonly infractionHeight: bigint;
  /** Bonded at that height: what the fraction is of. */
  readonly base: bigint;
  readonly taken: bigint;
}

/** A double sign proven by evidence: its height with time, power and total power of that height's frozen set. */
export interface DoubleSignProven extends Infraction {
  readonly identity: IdentityId;
  readonly infractionHeight: bigint;
}

const PROVEN = {
  identity: identityCodec,
  infractionHeight: u64,
  power: u64,
  totalPower: u64,
  atSeconds: u64,
} as const;

const leastPpm = ({ rules }: StakingState): bigint => BigInt(rules.slashDoubleSign) * PPM_PER_PERCENT;

const backs =
  ({ infractionHeight }: DoubleSignProven) =>
  (entry: { readonly backedUntil: bigint }): boolean =>
    entry.backedUntil >= infractionHeight;

/** A convict's entries that backed the height of its infraction. */
const liableEntries = (
  state: StakingState,
  proven: DoubleSignProven,
): { readonly unbonding: readonly UnbondingEntry[]; readonly redelegated: readonly RedelegationEntry[] } => {
  const prefix = `${proven.identity}/`;
  const liable = backs(proven);
  return {
    unbonding: [...state.unbondings.startingWith(prefix)].map(([, entry]) => entry).filter(liable),
    redelegated: [...state.redelegations.startingWith(prefix)].map(([, entry]) => entry).filter(liable),
  };
};

/** What backed the infraction and is still on its way out stays one unbonding period from conviction. */
const lockEntries = (before: StakingState, proven: DoubleSignProven): StakingState => {
  const until = secondsOf(before) + before.rules.unbondingSeconds;
  const { unbonding, redelegated } = liableEntries(before, proven);
  let state = before;
  for (const entry of unbonding) state = withUnbonding(state, lockedUntil(entry, until));
  for (const entry of redelegated) state = withRedelegation(state, lockedUntil(entry, until));
  return state;
};

/** Takes up to `due` from all that is left of a convict's stake, pro rata; odd units in the order of the entries, then the pool. */
const takeFromLeft = (
  before: StakingState,
  conviction: Conviction,
  due: bigint,
): { readonly state: StakingState; readonly events: readonly ValidatorEvent[]; readonly taken: SlashTaken } => {
  const { identity } = conviction;
  const account = before.accounts.get(identity);
  if (account === undefined) return { state: before, events: [], taken: { total: 0n, own: 0n } };
  const { unbonding, redelegated } = liableEntries(before, conviction);
  const worths = redelegated.map((entry) => redelegatedWorth(before, entry));
  const inEntries = [...unbonding.map((entry) => entry.left), ...worths].reduce((sum, worth) => sum + worth, 0n);
  const all = inEntries + bondedOf(account);
  const capped = minBigint(due, all);
  let state = before;
  let taken = 0n;
  const events: ValidatorEvent[] = [];
  const share = (of: bigint): bigint => (all === 0n ? 0n : mulDivFloor(capped, of, all));
  for (const entry of unbonding) {
    const lost = share(entry.left);
    state = withUnbonding(state, { ...entry, left: entry.left - lost });
    taken += lost;
  }
  for (const [i, entry] of redelegated.entries()) {
    const loss = takeRedelegated(state, entry, share(worths[i] ?? 0n));
    state = loss.state;
    events.push(...loss.events);
    taken += loss.taken;
  }
  const current = state.accounts.get(identity) ?? account;
  const pool = takeFromPool(state, current, capped - taken);
  state = withAccount(state, pool.account);
  events.push(...pool.events);
  taken += pool.taken.total;
  // Rounding may leave a few units for entries when the pool is empty.
  for (const { left: whole, ...entry } of unbonding) {
    const left = whole - share(whole);
    const odd = minBigint(left, capped - taken);
    state = withUnbonding(state, { ...entry, left: left - odd });
    taken += odd;
  }
  return { state, events, taken: { total: taken, own: pool.taken.own } };
};

/** Earlier convictions near a new one rise to their new fraction: due = ⌊base · f⌋ − taken. */
const raised = (
  before: StakingState,
  newcomer: Conviction,
): { readonly state: StakingState; readonly events: readonly ValidatorEvent[] } => {
  let state = before;
  let events: readonly ValidatorEvent[] = [];
  const { unbondingSeconds } = before.rules;
  const near = convictsNear(before.convictions.values(), unbondingSeconds);
  for (const conviction of before.convictions.values()) {
    const { identity, base, taken, power } = conviction;
    if (identity === newcomer.identity || !isCorrelated(conviction, newcomer, unbondingSeconds)) continue;
    const withItself = near(conviction.atSeconds);
    const others = { count: withItself.count - 1, power: withItself.power - power };
    const due = maxBigint(0n, mulDivFloor(base, fractionAmong(leastPpm(before), conviction, others), PPM) - taken);
    if (due === 0n) continue;
    const loss = takeFromLeft(state, conviction, due);
    const { total, own } = loss.taken;
    if (total === 0n) continue;
    const { totals, convictions } = loss.state;
    state = {
      ...loss.state,
      totals: { ...totals, taken: totals.taken + total },
      convictions: convictions.with(identity, { ...conviction, taken: taken + total }),
    };
    // Not as arguments of a call, whose number has a limit: one event for each entry of the convict.
    events = [
      ...events,
      ...loss.events,
      { _tag: 'ValidatorSlashed', validator: identity, slashType: 'DoubleSign', taken: total, own },
    ];
  }
  return { state, events };
};

const refusal = (proven: DoubleSignProven): ConsensusError | undefined =>
  mistyped(PROVEN, proven) ??
  (proven.power >= 1n && proven.power <= proven.totalPower
    ? undefined
    : validatorError('power must be from 1 to totalPower of the height’s set', proven.power));

/**
 * Convicts of a double sign: the correlated fraction is slashed, the validator tombstoned, earlier convictions near it
 * rise (economics.md, Correlation). Answers what was taken of the new convict. Once per identity.
 */
export const convict = (state: StakingState, proven: DoubleSignProven): StakingResult<SlashTaken> => {
  const refused = refusal(proven);
  if (refused !== undefined) return E.left(refused);
  const { identity, infractionHeight } = proven;
  const account = state.accounts.get(identity);
  const slashed = slashStake(state, {
    identity,
    slashType: 'DoubleSign',
    fractionPpm: correlatedFraction(
      leastPpm(state),
      proven,
      [...state.convictions.values()],
      state.rules.unbondingSeconds,
    ),
    infractionHeight,
  });
  if (E.isLeft(slashed) || account === undefined) return slashed;
  const { power, totalPower, atSeconds } = proven;
  const base = bondedAt(account, infractionHeight);
  const taken = slashed.right.value.total;
  const conviction: Conviction = { identity, infractionHeight, power, totalPower, atSeconds, base, taken };
  const locked = lockEntries(slashed.right.state, proven);
  const known = { ...locked, convictions: locked.convictions.with(identity, conviction) };
  const after = raised(known, conviction);
  return E.right({
    state: after.state,
    events: [...slashed.right.events, ...after.events],
    value: slashed.right.value,
  });
};
