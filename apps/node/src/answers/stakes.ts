import type { LedgerState } from '@zhtp/ledger';
import { pendingRewards } from '@zhtp/rewards';
import { array, identityCodec, option, struct, u64, type IdentityId, type TypeOf } from '@zhtp/types';
import { delegationKey, poolOf, tokensOf, type ValidatorAccount } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';

const STAKES_MAX = 100_000;

const stakeCodec = struct('Stake', {
  validator: identityCodec,
  /** What it is worth after every slash so far. */
  amount: u64,
  /** Of it, redelegated and held until matured. */
  locked: u64,
  /** Earned and not paid out yet. */
  rewards: u64,
  /** Earned as commission and not paid out yet; 0 where the staker is not the validator. */
  commission: u64,
});

/** The answer of GET /accounts/:identity/stakes; amounts in micro-ZHTP. */
export const stakesAnswerCodec = struct('StakesAnswer', {
  identity: identityCodec,
  /** Own stake, where the account is a validator, and delegations, by validator. */
  stakes: array(stakeCodec, STAKES_MAX),
  unbonding: array(
    struct('Unbonding', {
      validator: identityCodec,
      /** What slashes have left of it. */
      amount: u64,
      /** Unix seconds; none until the last set that counts it is over. */
      maturesAt: option(u64),
    }),
    STAKES_MAX,
  ),
});
export type StakesAnswer = TypeOf<typeof stakesAnswerCodec>;
type Stake = StakesAnswer['stakes'][number];

const stakeWith = (state: LedgerState, account: ValidatorAccount, staker: IdentityId): Stake | undefined => {
  const { staking, accrual } = state;
  const { identity, stake } = account.validator;
  const key = delegationKey(identity, staker);
  const held = staking.delegations.get(key);
  const isOwn = identity === staker;
  const pool = accrual.pools.get(identity);
  const earned = pool === undefined ? E.right(0n) : pendingRewards(pool, accrual.stakes.get(key));
  const rewards = E.isRight(earned) ? earned.right : 0n;
  if (isOwn) return { validator: identity, amount: stake, locked: 0n, rewards, commission: pool?.commission ?? 0n };
  if (held === undefined) return undefined;
  const worth = (shares: bigint): bigint => tokensOf(poolOf(account), shares);
  return { validator: identity, amount: worth(held.shares), locked: worth(held.locked), rewards, commission: 0n };
};

export const stakesOf = (state: LedgerState, identity: IdentityId): StakesAnswer => {
  const { staking } = state;
  const stakes: Stake[] = [];
  const unbonding: StakesAnswer['unbonding'][number][] = [];
  for (const account of staking.accounts.values()) {
    const stake = stakeWith(state, account, identity);
    if (stake !== undefined) stakes.push(stake);
    const pair = `${delegationKey(account.validator.identity, identity)}/`;
    for (const [, { validator, left, maturesAt }] of staking.unbondings.startingWith(pair))
      unbonding.push({ validator, amount: left, maturesAt: O.fromNullable(maturesAt) });
  }
  return { identity, stakes, unbonding };
};
