import { changeStake, EMPTY_POOL, slashed, type AccrualPool, type AccrualStake } from '@zhtp/rewards';
import type { ConsensusError, IdentityId } from '@zhtp/types';
import {
  bondedOf,
  delegationKey,
  poolOf,
  tokensOf,
  type StakingResult,
  type StakingState,
  type ValidatorEvent,
} from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { AccrualState } from '../chain-domains.ts';
import { expectRight } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { credit, debit } from './money.ts';
import { noteDelegatedOut, noteSlashedPool } from './delegated-out.ts';

/** The pool, or an empty one. */
export const accrualPool = ({ pools }: AccrualState, validator: IdentityId): AccrualPool =>
  pools.get(validator) ?? EMPTY_POOL;

/** Puts a pool back, with the sum that follows from it. */
export const setAccrualPool = (working: WorkingState, validator: IdentityId, pool: AccrualPool): void => {
  const { accrual } = working.domains();
  const before = accrualPool(accrual, validator);
  const outstanding = accrual.outstanding - before.outstanding + pool.outstanding;
  working.setDomains({ accrual: { ...accrual, pools: accrual.pools.with(validator, pool), outstanding } });
};

const setAccrualStake = (
  working: WorkingState,
  validator: IdentityId,
  delegator: IdentityId,
  stake: AccrualStake | undefined,
): void => {
  const { accrual } = working.domains();
  const key = delegationKey(validator, delegator);
  const grown = (stake?.stake ?? 0n) - (accrual.stakes.get(key)?.stake ?? 0n);
  if (validator !== delegator) noteDelegatedOut(working, delegator, grown);
  const stakes = stake === undefined ? accrual.stakes.without(key) : accrual.stakes.with(key, stake);
  working.setDomains({ accrual: { ...accrual, stakes } });
};

/** What a delegator has with a validator now; own stake where they are one, micro-ZHTP. */
const stakeOf = (staking: StakingState, validator: IdentityId, delegator: IdentityId): bigint => {
  const account = staking.accounts.get(validator);
  if (account === undefined) return 0n;
  if (validator === delegator) return account.validator.stake;
  const held = staking.delegations.get(delegationKey(validator, delegator));
  return held === undefined ? 0n : tokensOf(poolOf(account), held.shares);
};

/** Pays a delegation what it has earned and lets it go on with the stake that staking says it has. */
export const settleDelegation = (working: WorkingState, validator: IdentityId, delegator: IdentityId): bigint => {
  const { accrual, staking } = working.domains();
  const key = delegationKey(validator, delegator);
  const pool = accrualPool(accrual, validator);
  const since = accrual.stakes.get(key);
  const stake = pool.isVoid ? 0n : stakeOf(staking, validator, delegator);
  if (since === undefined && stake === 0n) return 0n;
  const settled = expectRight(changeStake(pool, since, stake), `rewards of ${delegator} with ${validator}`);
  setAccrualPool(working, validator, settled.pool);
  setAccrualStake(working, validator, delegator, settled.delegation);
  credit(working, delegator, settled.paid);
  working.addIncome(settled.toTreasury);
  return settled.paid;
};

/** Bonded stake fell: everybody's record shrinks in one step, and the own one is settled to what staking says. */
const accrueSlash = (working: WorkingState, validator: IdentityId, lost: bigint): void => {
  const { accrual, staking } = working.domains();
  const account = staking.accounts.get(validator);
  const pool = accrualPool(accrual, validator);
  if (account !== undefined && lost > 0n && pool.stake > 0n) {
    const left = pool.stake > lost ? pool.stake - lost : 1n;
    const after = bondedOf(account) === 0n ? 0n : left;
    const fallen = slashed(pool, { before: pool.stake, after: after < pool.stake ? after : pool.stake });
    setAccrualPool(working, validator, expectRight(fallen, `the slash of ${validator}`));
  }
  settleDelegation(working, validator, validator);
};

/** Money and rewards follow what happened in staking. */
const followEvents = (working: WorkingState, events: readonly ValidatorEvent[]): void => {
  /** Losses of delegation pools whose validator's own loss comes with the next event about it. */
  const poolLosses = new Map<IdentityId, bigint>();
  for (const event of events) {
    switch (event._tag) {
      case 'ValidatorRegistered':
        settleDelegation(working, event.identity, event.identity);
        break;
      case 'StakeBonded':
        debit(working, event.validator, event.amount);
        settleDelegation(working, event.validator, event.validator);
        break;
      case 'Delegated':
        debit(working, event.delegator, event.amount);
        break;
      case 'DelegationChanged':
        settleDelegation(working, event.validator, event.delegator);
        break;
      case 'UnbondingStarted':
        settleDelegation(working, event.validator, event.delegator);
        break;
      case 'UnbondingCompleted':
        credit(working, event.delegator, event.amount);
        break;
      case 'PoolSlashed':
        noteSlashedPool(working, event.validator);
        poolLosses.set(
          event.validator,
          (poolLosses.get(event.validator) ?? 0n) + event.tokensBefore - event.tokensAfter,
        );
        break;
      case 'ValidatorSlashed':
        accrueSlash(working, event.validator, event.own + (poolLosses.get(event.validator) ?? 0n));
        poolLosses.delete(event.validator);
        working.addIncome(event.taken);
        break;
      case 'Redelegated':
      case 'ValidatorJoin':
      case 'ValidatorLeave':
      case 'ValidatorJailed':
      case 'ValidatorReleased':
      case 'ValidatorTombstoned':
      case 'ValidatorDisplaced':
      case 'ValidatorReactivated':
      case 'CommissionChanged':
      case 'ConsensusKeyChanged':
      case 'LivenessFault':
      case 'SetBelowFour':
        break;
    }
  }
};

/**
 * One transition of staking, with the money and the rewards that move because of it. Left as the package refuses it;
 * nothing has changed then.
 */
export const stakingStep = <A>(
  working: WorkingState,
  step: (staking: StakingState) => StakingResult<A>,
): Either<ConsensusError, A> => {
  const taken = step(working.domains().staking);
  if (E.isLeft(taken)) return taken;
  const { state, events, value } = taken.right;
  working.setDomains({ staking: state });
  working.report(events);
  followEvents(working, events);
  return E.right(value);
};
