import { DelegatorRewards, RewardCalculator, type DelegatorRewardEvent } from '@zhtp/rewards';
import { describe, expect, test } from 'vitest';
import { id, left, managerOf, range, registered, right } from './support.ts';

const V = id(1);
const own = { validator: V, delegator: V };
const other = { validator: V, delegator: id(2) };

const bonded = (): DelegatorRewards => {
  const rewards = new DelegatorRewards();
  right(rewards.setCommissionRate(V, 10));
  right(rewards.changeStake(own, 300n));
  right(rewards.changeStake(other, 100n));
  return rewards;
};

describe('DelegatorRewards.receive', () => {
  test('gives commission first, then own stake and delegations by what they hold', () => {
    const rewards = bonded();
    expect(right(rewards.receive(new Map([[V, 1_000n]])))).toBe(0n);
    expect(right(rewards.pendingCommission(V))).toBe(100n);
    expect(right(rewards.pendingRewards(own))).toBe(675n);
    expect(right(rewards.pendingRewards(other))).toBe(225n);
    expect(right(rewards.outstandingRewards(V))).toBe(1_000n);
  });

  test('takes all of a round or nothing of it', () => {
    const rewards = bonded();
    const round = new Map([
      [V, 1_000n],
      [id(9), 1n],
    ]);
    expect(left(rewards.receive(round)).message).toContain('Validator not found');
    expect(right(rewards.outstandingRewards(V))).toBe(0n);
  });
});

describe('DelegatorRewards.setCommissionRate', () => {
  test('counts from the next reward on', () => {
    const rewards = bonded();
    right(rewards.receive(new Map([[V, 1_000n]])));
    right(rewards.setCommissionRate(V, 100));
    right(rewards.receive(new Map([[V, 1_000n]])));
    expect(right(rewards.pendingCommission(V))).toBe(1_100n);
    expect(right(rewards.pendingRewards(other))).toBe(225n);
  });
});

describe('DelegatorRewards.changeStake', () => {
  test('pays first, says so, and ends a delegation at 0', () => {
    const rewards = bonded();
    const events: DelegatorRewardEvent[] = [];
    rewards.events$.subscribe((event) => events.push(event));
    right(rewards.receive(new Map([[V, 1_000n]])));
    expect(right(rewards.changeStake(other, 0n))).toEqual({ paid: 225n, toTreasury: 0n });
    expect(right(rewards.pendingRewards(other))).toBe(0n);
    expect(right(rewards.changeStake(own, 0n))).toEqual({ paid: 675n, toTreasury: 0n });
    expect(events).toEqual([
      { _tag: 'RewardsWithdrawn', ...other, paid: 225n, toTreasury: 0n },
      { _tag: 'RewardsWithdrawn', ...own, paid: 675n, toTreasury: 0n },
    ]);
    expect(right(rewards.outstandingRewards(V))).toBe(100n);
  });
});

describe('DelegatorRewards.slash', () => {
  test('halves what later rewards are shared by, and a slash of everything sends them to the treasury', () => {
    const rewards = bonded();
    right(rewards.slash(V, { before: 400n, after: 200n }));
    right(rewards.receive(new Map([[V, 1_000n]])));
    expect(right(rewards.pendingRewards(other))).toBe(225n);
    right(rewards.slash(V, { before: 200n, after: 0n }));
    expect(right(rewards.receive(new Map([[V, 1_000n]])))).toBe(1_000n);
    expect(left(rewards.changeStake({ validator: V, delegator: id(3) }, 1n)).message).toContain('slashed to nothing');
    expect(right(rewards.withdraw(other)).paid).toBe(225n);
  });
});

describe('DelegatorRewards.withdraw', () => {
  test('and DelegatorRewards.withdrawCommission pay once', () => {
    const rewards = bonded();
    right(rewards.receive(new Map([[V, 1_000n]])));
    expect(right(rewards.withdraw(other))).toEqual({ paid: 225n, toTreasury: 0n });
    expect(right(rewards.withdraw(other))).toEqual({ paid: 0n, toTreasury: 0n });
    expect(right(rewards.withdrawCommission(V))).toBe(100n);
    expect(right(rewards.withdrawCommission(V))).toBe(0n);
  });

  test('refuses a delegation that does not exist', () => {
    expect(left(bonded().withdraw({ validator: V, delegator: id(7) })).message).toContain('nothing to withdraw');
    expect(left(bonded().withdraw({ validator: id(8), delegator: id(7) })).message).toContain('Validator not found');
  });
});

test('rounds of a calculator reach delegators, and nothing is lost on the way', () => {
  const manager = managerOf(1_000n, 2_000n, 3_000n, 5_000n);
  const receiver = new DelegatorRewards();
  for (const [n, validator] of registered.slice(0, 4).entries()) {
    right(receiver.setCommissionRate(validator, 7 * n));
    right(receiver.changeStake({ validator, delegator: validator }, 1_000_000n));
    right(receiver.changeStake({ validator, delegator: id(50) }, 333_333n));
  }
  const calculator = right(RewardCalculator.create({ receiver }));
  for (const n of range(20)) {
    const signers = registered.slice(n % 3, 4);
    const round = right(calculator.calculateRoundRewards(manager, BigInt(n + 2), { signers }));
    right(calculator.distributeRewards(round));
  }
  let paid = calculator.getTreasury();
  for (const validator of registered.slice(0, 4)) {
    paid += right(receiver.withdrawCommission(validator));
    for (const delegator of [id(50), validator]) {
      const settled = right(receiver.changeStake({ validator, delegator }, 0n));
      paid += settled.paid + settled.toTreasury;
    }
    expect(right(receiver.outstandingRewards(validator))).toBe(0n);
  }
  expect(paid).toBe(calculator.getSupply());
  expect(paid).toBe(20n * 130_000_000n);
});
