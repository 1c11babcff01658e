import { DelegatorRewards, RewardCalculator, type RewardReceiver } from '@zhtp/rewards';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { id, left, managerOf, right } from './support.ts';

const manager = managerOf(1_000n, 1_000n);

test('RewardCalculator.events$ tells every subscriber of an effect after its cause', () => {
  const calculator = new RewardCalculator();
  const seen: string[] = [];
  calculator.events$.subscribe(({ _tag }) => {
    if (_tag === 'RewardsDistributed') right(calculator.adjustBaseReward(7n));
    if (_tag === 'BaseRewardAdjusted') right(calculator.updateWorkMultiplier('Computation', 2));
  });
  calculator.events$.subscribe(({ _tag }) => seen.push(_tag));
  right(calculator.distributeRewards(right(calculator.calculateRoundRewards(manager, 2n))));
  expect(seen).toEqual(['RewardsDistributed', 'BaseRewardAdjusted', 'WorkMultiplierUpdated']);
  expect(calculator.getRewardStats().currentBaseReward).toBe(7n);
});

test('DelegatorRewards.events$ tells every subscriber of an effect after its cause', () => {
  const rewards = new DelegatorRewards();
  const [validator, delegator] = [id(1), id(2)];
  right(rewards.setCommissionRate(validator, 50));
  right(rewards.changeStake({ validator, delegator }, 10n));
  right(rewards.receive(new Map([[validator, 100n]])));
  const seen: string[] = [];
  rewards.events$.subscribe(({ _tag }) => {
    if (_tag === 'RewardsWithdrawn') right(rewards.withdrawCommission(validator));
  });
  rewards.events$.subscribe(({ _tag }) => seen.push(_tag));
  right(rewards.withdraw({ validator, delegator }));
  expect(seen).toEqual(['RewardsWithdrawn', 'CommissionWithdrawn']);
});

test('a receiver that calls back is paid once, and what it changed stays changed', () => {
  let received = 0;
  const receiver: RewardReceiver = {
    receive: () => {
      received += 1;
      expect(left(calculator.distributeRewards(round)).message).toContain('a round is being paid');
      right(calculator.adjustBaseReward(7n));
      return E.right(0n);
    },
  };
  const calculator = right(RewardCalculator.create({ receiver }));
  const round = right(calculator.calculateRoundRewards(manager, 2n));
  right(calculator.distributeRewards(round));
  right(calculator.distributeRewards(round));
  expect([received, calculator.getRewardStats().totalRounds]).toEqual([1, 1n]);
  expect(calculator.getRewardStats().currentBaseReward).toBe(7n);
});
