import { identityCodec, u64, validatorError, type ConsensusError, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { DELEGATION_MIN, deposited, withdrawnBy } from './delegation-pool.ts';
import { withUnbonding } from './maturity.ts';
import { mistyped, notPositive } from './refusals.ts';
import type { ValidatorEvent } from './staking-event.ts';
import {
  backedUntil,
  delegationKey,
  findAccount,
  overflow,
  withAccount,
  type StakingResult,
  type StakingState,
} from './staking-state.ts';
import { ENTRIES_PER_PAIR_MAX, unbondingPair } from './unbonding-entry.ts';
import { poolOf, withStakes, type ValidatorAccount } from './validator-account.ts';
import { leavingRefusal } from './seats.ts';

const refusedAmount = (identity: IdentityId, amount: bigint): ConsensusError | undefined =>
  mistyped({ identity: identityCodec, amount: u64 }, { identity, amount }) ?? notPositive('amount', amount);

/** Most open entries per pair, so that one slash touches a bounded number for each delegator. */
export const tooManyEntries = (open: Iterable<unknown>): ConsensusError | undefined =>
  [...open].length < ENTRIES_PER_PAIR_MAX
    ? undefined
    : validatorError(
        `at most ${String(ENTRIES_PER_PAIR_MAX)} entries may be open per pair; wait until one has matured`,
      );

/** More own stake. Never brings an Inactive validator back: that is asked for apart. */
export const bondStake = (state: StakingState, identity: IdentityId, amount: bigint): StakingResult => {
  const refused = refusedAmount(identity, amount);
  if (refused !== undefined) return E.left(refused);
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  if (account.right.validator.status === 'Slashed')
    return E.left(validatorError(`validator ${identity} is tombstoned and takes no stake`));
  const own = account.right.validator.stake + amount;
  const next = withAccount(state, withStakes(state.rules, account.right, { own }));
  const tooMuch = overflow(next);
  if (tooMuch !== undefined) return E.left(tooMuch);
  return E.right({ state: next, events: [{ _tag: 'StakeBonded', validator: identity, amount }], value: undefined });
};

/** Stake leaves: as an entry, or at once before the first block. */
const leaving = (
  state: StakingState,
  validator: IdentityId,
  delegator: IdentityId,
  amount: bigint,
): { readonly state: StakingState; readonly events: readonly ValidatorEvent[] } => {
  if (amount === 0n) return { state, events: [] };
  if (state.now === undefined) return { state, events: [{ _tag: 'UnbondingCompleted', validator, delegator, amount }] };
  const until = backedUntil(state);
  const serial = state.nextSerial;
  const entry = {
    validator,
    delegator,
    initial: amount,
    left: amount,
    backedUntil: until,
    maturesAt: undefined,
    serial,
  };
  return {
    state: { ...withUnbonding(state, entry), nextSerial: serial + 1n },
    events: [{ _tag: 'UnbondingStarted', validator, delegator, amount, backedUntil: until }],
  };
};

/** Less own stake, by the validator's own will: from then on the minimum of today is its minimum. */
export const unbondStake = (state: StakingState, identity: IdentityId, amount: bigint): StakingResult => {
  const refused = refusedAmount(identity, amount);
  if (refused !== undefined) return E.left(refused);
  const found = findAccount(state, identity);
  if (E.isLeft(found)) return found;
  const { stake, status } = found.right.validator;
  if (amount > stake)
    return E.left(
      validatorError(
        `Insufficient stake: ${String(amount)} micro-ZHTP is more than the ${String(stake)} bonded`,
        amount,
      ),
    );
  const lowered = withStakes(state.rules, { ...found.right, minStake: state.rules.minStake }, { own: stake - amount });
  const wrong =
    tooManyEntries(state.unbondings.startingWith(unbondingPair({ validator: identity, delegator: identity }))) ??
    (status === 'Active' && stake - amount < state.rules.minStake ? leavingRefusal(state) : undefined);
  if (wrong !== undefined) return E.left(wrong);
  const left = leaving(withAccount(state, lowered), identity, identity, amount);
  return E.right({ ...left, value: undefined });
};

/** Tokens into a validator's pool. */
export const enterPool = (
  state: StakingState,
  account: ValidatorAccount,
  delegator: IdentityId,
  amount: bigint,
): StakingResult<bigint> => {
  const validator = account.validator.identity;
  const entered = deposited(poolOf(account), amount);
  if (E.isLeft(entered)) return entered;
  const { pool, shares } = entered.right;
  const key = delegationKey(validator, delegator);
  const { shares: sharesBefore, locked } = state.delegations.get(key) ?? { shares: 0n, locked: 0n };
  const sharesAfter = sharesBefore + shares;
  const next = withAccount(state, withStakes(state.rules, account, { pool }));
  return E.right({
    state: { ...next, delegations: next.delegations.with(key, { shares: sharesAfter, locked }) },
    events: [{ _tag: 'DelegationChanged', validator, delegator, sharesBefore, sharesAfter }],
    value: shares,
  });
};

/** Tokens out of a validator's pool, at most what the delegator may move. */
export const leavePool = (
  state: StakingState,
  account: ValidatorAccount,
  delegator: IdentityId,
  amount: bigint,
): StakingResult<bigint> => {
  const validator = account.validator.identity;
  const key = delegationKey(validator, delegator);
  const held = state.delegations.get(key);
  if (held === undefined) return E.left(validatorError(`${delegator} has delegated nothing to validator ${validator}`));
  const out = withdrawnBy(poolOf(account), held, amount);
  if (E.isLeft(out)) return out;
  const { pool, tokens, shares } = out.right;
  const sharesAfter = held.shares - shares;
  const next = withAccount(state, withStakes(state.rules, account, { pool }));
  const { delegations } = next;
  return E.right({
    state: {
      ...next,
      delegations:
        sharesAfter === 0n ? delegations.without(key) : delegations.with(key, { ...held, shares: sharesAfter }),
    },
    events: [{ _tag: 'DelegationChanged', validator, delegator, sharesBefore: held.shares, sharesAfter }],
    value: tokens,
  });
};

/** One delegator's wish about one validator. */
export interface DelegationRequest {
  readonly validator: IdentityId;
  readonly delegator: IdentityId;
  /** micro-ZHTP. */
  readonly amount: bigint;
}

const REQUEST = { validator: identityCodec, delegator: identityCodec, amount: u64 } as const;

/** Why nobody may delegate there now, or undefined. */
export const notDelegable = (
  { validator }: ValidatorAccount,
  delegator: IdentityId,
  amount: bigint,
): ConsensusError | undefined => {
  if (validator.status === 'Slashed')
    return validatorError(`validator ${validator.identity} is tombstoned and takes no delegation`);
  if (validator.identity === delegator)
    return validatorError(`validator ${delegator} cannot delegate to itself; raise its own stake instead`);
  return amount >= DELEGATION_MIN
    ? undefined
    : validatorError(`Insufficient stake: a delegation is at least ${String(DELEGATION_MIN)} micro-ZHTP`, amount);
};

/** Delegates liquid money, at least 1 ZHTP. Refused for tombstoned validators. */
export const delegate = (state: StakingState, request: DelegationRequest): StakingResult => {
  const refused = mistyped(REQUEST, request);
  if (refused !== undefined) return E.left(refused);
  const { validator, delegator, amount } = request;
  const account = findAccount(state, validator);
  if (E.isLeft(account)) return account;
  const wrong = notDelegable(account.right, delegator, amount);
  if (wrong !== undefined) return E.left(wrong);
  const entered = enterPool(state, account.right, delegator, amount);
  if (E.isLeft(entered)) return entered;
  const tooMuch = overflow(entered.right.state);
  if (tooMuch !== undefined) return E.left(tooMuch);
  return E.right({
    state: entered.right.state,
    events: [...entered.right.events, { _tag: 'Delegated', validator, delegator, amount }],
    value: undefined,
  });
};

/**
 * Takes back a delegation or a part of it; a rest below 1 ZHTP leaves with it. Answers what is on its way, which slashes
 * may still lower.
 */
export const undelegate = (state: StakingState, request: DelegationRequest): StakingResult<bigint> => {
  const refused = mistyped(REQUEST, request) ?? notPositive('amount', request.amount);
  if (refused !== undefined) return E.left(refused);
  const { validator, delegator, amount } = request;
  const account = findAccount(state, validator);
  if (E.isLeft(account)) return account;
  const crowded = tooManyEntries(state.unbondings.startingWith(unbondingPair(request)));
  if (crowded !== undefined) return E.left(crowded);
  const out = leavePool(state, account.right, delegator, amount);
  if (E.isLeft(out)) return out;
  const left = leaving(out.right.state, validator, delegator, out.right.value);
  return E.right({ state: left.state, events: [...out.right.events, ...left.events], value: out.right.value });
};
