import {
  identityCodec,
  maxBigint,
  minBigint,
  mulDivFloor,
  slashTypeCodec,
  u64,
  validatorError,
  type ConsensusError,
  type IdentityId,
  type SlashType,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { tokensOf, withdrawn } from './delegation-pool.ts';
import { withRedelegation, withUnbonding } from './maturity.ts';
import { mistyped } from './refusals.ts';
import { forgotten, PPM, punished } from './slash-consequences.ts';
import type { ValidatorEvent } from './staking-event.ts';
import {
  delegationKey,
  findAccount,
  secondsOf,
  withAccount,
  type StakingResult,
  type StakingState,
} from './staking-state.ts';
import type { RedelegationEntry } from './unbonding-entry.ts';
import { bondedAt, bondedOf, poolOf, withStakes, type ValidatorAccount } from './validator-account.ts';

/** What is to be slashed. How much for what is the business of the penalty table, not of this package. */
export interface SlashOrder {
  readonly identity: IdentityId;
  readonly slashType: SlashType;
  /** Parts per million, above 0, at most 1 000 000. */
  readonly fractionPpm: bigint;
  /** Height of the infraction; now, where it is left out. */
  readonly infractionHeight?: bigint;
}

/** What a slash took, micro-ZHTP. */
export interface SlashTaken {
  /** From everything: own stake, delegations, unbonding and redelegated entries. */
  readonly total: bigint;
  /** Of it from own stake that is bonded. */
  readonly own: bigint;
}

/** A state that lost something, what was lost, and what of the entries' fraction was due whatever was left of them. */
interface Loss {
  readonly state: StakingState;
  readonly events: readonly ValidatorEvent[];
  readonly taken: bigint;
  readonly nominal: bigint;
}

/** Takes tokens out of the destination's pool for a redelegation's shares. */
export const takeRedelegated = (state: StakingState, entry: RedelegationEntry, amount: bigint): Loss => {
  const unharmed = { state, events: [], taken: 0n, nominal: 0n };
  const account = state.accounts.get(entry.destination);
  const key = delegationKey(entry.destination, entry.delegator);
  const held = state.delegations.get(key);
  if (account === undefined || held === undefined || amount === 0n) return unharmed;
  const { pool, tokens, shares } = withdrawn(poolOf(account), entry.shares, amount);
  const locked = withRedelegation(state, { ...entry, shares: entry.shares - shares });
  const sharesAfter = held.shares - shares;
  const next = withAccount(locked, withStakes(state.rules, account, { pool }));
  const rest = { shares: sharesAfter, locked: held.locked - shares };
  return {
    state: {
      ...next,
      delegations: sharesAfter === 0n ? next.delegations.without(key) : next.delegations.with(key, rest),
    },
    events: [
      {
        _tag: 'DelegationChanged',
        validator: entry.destination,
        delegator: entry.delegator,
        sharesBefore: held.shares,
        sharesAfter,
      },
    ],
    taken: tokens,
    nominal: 0n,
  };
};

/** Worth of what is left of a redelegation, at its destination. */
export const redelegatedWorth = ({ accounts }: StakingState, { destination, shares }: RedelegationEntry): bigint => {
  const account = accounts.get(destination);
  return account === undefined ? 0n : tokensOf(poolOf(account), shares);
};

/** Each unmatured entry that backed the height loses min(left, ⌊initial · f⌋). */
const takeFromEntries = (before: StakingState, identity: IdentityId, height: bigint, ppm: bigint): Loss => {
  let state = before;
  let taken = 0n;
  let nominal = 0n;
  const events: ValidatorEvent[] = [];
  const liable = (entry: { readonly backedUntil: bigint }): boolean => entry.backedUntil >= height;
  for (const [, entry] of before.unbondings.startingWith(`${identity}/`)) {
    if (!liable(entry)) continue;
    const share = mulDivFloor(entry.initial, ppm, PPM);
    const lost = minBigint(entry.left, share);
    state = withUnbonding(state, { ...entry, left: entry.left - lost });
    nominal += share;
    taken += lost;
  }
  for (const [, entry] of before.redelegations.startingWith(`${identity}/`)) {
    if (!liable(entry)) continue;
    const share = mulDivFloor(entry.initial, ppm, PPM);
    const loss = takeRedelegated(state, entry, minBigint(share, redelegatedWorth(state, entry)));
    state = loss.state;
    events.push(...loss.events);
    nominal += share;
    taken += loss.taken;
  }
  return { state, events, taken, nominal };
};

/** Lowers a bonded pool by that much, own and delegated pro rata; the odd unit is the validator's. */
export const poolLoss = (
  own: bigint,
  delegated: bigint,
  amount: bigint,
): { readonly own: bigint; readonly delegated: bigint } => {
  const bonded = own + delegated;
  const capped = minBigint(amount, bonded);
  const fromDelegated = bonded === 0n ? 0n : mulDivFloor(capped, delegated, bonded);
  return { own: capped - fromDelegated, delegated: fromDelegated };
};

/** Takes from the bonded pool; shares stay. */
export const takeFromPool = (
  state: StakingState,
  account: ValidatorAccount,
  amount: bigint,
): { readonly account: ValidatorAccount; readonly events: readonly ValidatorEvent[]; readonly taken: SlashTaken } => {
  const { identity, stake, delegatedStake } = account.validator;
  const loss = poolLoss(stake, delegatedStake, amount);
  const tokensAfter = delegatedStake - loss.delegated;
  return {
    account: withStakes(state.rules, account, {
      own: stake - loss.own,
      pool: { tokens: tokensAfter, shares: account.shares },
    }),
    events:
      loss.delegated === 0n
        ? []
        : [{ _tag: 'PoolSlashed', validator: identity, tokensBefore: delegatedStake, tokensAfter }],
    taken: { total: loss.own + loss.delegated, own: loss.own },
  };
};

const refusal = (state: StakingState, order: SlashOrder): ConsensusError | undefined => {
  const wrong =
    mistyped({ identity: identityCodec, slashType: slashTypeCodec, fractionPpm: u64 }, order) ??
    (order.infractionHeight === undefined ? undefined : mistyped({ infractionHeight: u64 }, order));
  if (wrong !== undefined) return wrong;
  const { fractionPpm, infractionHeight } = order;
  if (fractionPpm === 0n || fractionPpm > PPM)
    return validatorError(`fractionPpm must be above 0 and at most ${String(PPM)}`, fractionPpm);
  const height = state.now?.height ?? 0n;
  return infractionHeight !== undefined && infractionHeight > height
    ? validatorError(`infractionHeight is in the future, the chain is at ${String(height)}`, infractionHeight)
    : undefined;
};

/** Count, reputation, jail, tombstone, and what is announced of them. */
const withConsequences = (
  state: StakingState,
  account: ValidatorAccount,
  { slashType, fractionPpm }: SlashOrder,
): { readonly account: ValidatorAccount; readonly events: readonly ValidatorEvent[] } => {
  const at = secondsOf(state);
  const { slashCount } = forgotten({ slashCount: account.validator.slashCount, countedFrom: account.countedFrom }, at);
  const before = account.validator;
  const validator = punished({ ...before, slashCount }, slashType, fractionPpm, state.rules, at);
  const { identity, jailUntil } = validator;
  const events: ValidatorEvent[] = [];
  if (validator.status === 'Slashed' && before.status !== 'Slashed')
    events.push({ _tag: 'ValidatorTombstoned', validator: identity });
  else if (O.isSome(jailUntil) && jailUntil !== before.jailUntil)
    events.push({ _tag: 'ValidatorJailed', validator: identity, until: jailUntil.value });
  return { account: { ...account, validator, countedFrom: at }, events };
};

/**
 * Slashes for an infraction (economics.md, Slash). Due is the fraction of what the height's set counted; entries that
 * backed it bear theirs first, the bonded pool bears the rest, nobody more than there is. An infraction now is due on
 * what is bonded now.
 */
export const slashStake = (state: StakingState, order: SlashOrder): StakingResult<SlashTaken> => {
  const refused = refusal(state, order);
  if (refused !== undefined) return E.left(refused);
  const { identity, slashType, fractionPpm, infractionHeight } = order;
  const found = findAccount(state, identity);
  if (E.isLeft(found)) return found;
  if (slashType === 'DoubleSign' && found.right.validator.status === 'Slashed')
    return E.left(validatorError(`validator ${identity} is tombstoned already; one double sign is one offence`));
  const bonded = infractionHeight === undefined ? undefined : bondedAt(found.right, infractionHeight);
  if (bonded === 0n)
    return E.left(validatorError(`validator ${identity} was in no set at that height`, infractionHeight));
  const entries = takeFromEntries(state, identity, infractionHeight ?? state.now?.height ?? 0n, fractionPpm);
  const rest =
    bonded === undefined
      ? mulDivFloor(bondedOf(found.right), fractionPpm, PPM)
      : maxBigint(0n, mulDivFloor(bonded, fractionPpm, PPM) - entries.nominal);
  const pool = takeFromPool(entries.state, found.right, rest);
  const after = withConsequences(state, pool.account, order);
  const taken = { total: entries.taken + pool.taken.total, own: pool.taken.own };
  const { totals } = entries.state;
  return E.right({
    state: withAccount({ ...entries.state, totals: { ...totals, taken: totals.taken + taken.total } }, after.account),
    events: [
      ...entries.events,
      ...pool.events,
      { _tag: 'ValidatorSlashed', validator: identity, slashType, taken: taken.total, own: taken.own },
      ...after.events,
    ],
    value: taken,
  });
};
