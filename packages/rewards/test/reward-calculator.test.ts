import { decode, encode, rewardRoundCodec, U64_MAX, type RewardRound } from '@zhtp/types';
import { RewardCalculator, type RewardEvent, type RewardReceiver } from '@zhtp/rewards';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { id, left, managerOf, mintedBy, range, registered, right, ZHTP } from './support.ts';

const manager = managerOf(1_000n, 1_000n, 2_000n, 4_000n);
const [a = id(1), b = id(2), c = id(3), d = id(4)] = registered;
const calculate = (calculator: RewardCalculator, height = 2n): RewardRound =>
  right(calculator.calculateRoundRewards(manager, height));

describe('RewardCalculator.new', () => {
  test('starts with 100 ZHTP per block and nothing distributed', () => {
    expect(new RewardCalculator().getRewardStats()).toEqual({
      totalRounds: 0n,
      totalRewardsDistributed: 0n,
      averageRewardsPerRound: 0n,
      currentBaseReward: 100n * ZHTP,
    });
    expect(new RewardCalculator().getSupply()).toBe(0n);
  });

  test('RewardCalculator.create takes other rules, and refuses a supply above maxSupply', () => {
    const calculator = right(RewardCalculator.create({ baseReward: 7n, maxSupply: 100n, supply: 100n }));
    expect(calculator.getRewardStats().currentBaseReward).toBe(7n);
    expect(calculator.getSupply()).toBe(100n);
    expect(left(RewardCalculator.create({ maxSupply: 100n, supply: 101n })).message).toContain('at most maxSupply');
  });
});

describe('RewardCalculator.calculateRoundRewards', () => {
  test('pays active validators by power when nobody says who signed', () => {
    const round = calculate(new RewardCalculator());
    expect(round.height).toBe(2n);
    expect(round.timestamp).toBe(0n);
    expect(round.validatorRewards.get(a)?.baseReward).toBe((100n * ZHTP) / 8n);
    expect(round.validatorRewards.get(d)?.baseReward).toBe(50n * ZHTP);
    expect(mintedBy(round)).toBe(130n * ZHTP);
    expect([...round.validatorRewards.keys()]).toEqual([a, b, c, d].toSorted());
  });

  test('pays the signers it is told, and the rest of the set nothing', () => {
    const extras = { signers: [a, c, d], time: 1_700_000_000n };
    const round = right(new RewardCalculator().calculateRoundRewards(manager, 5n, extras));
    expect(round.timestamp).toBe(1_700_000_000n);
    expect(round.validatorRewards.has(b)).toBe(false);
    expect(round.treasuryShare).toBe((130n * ZHTP) / 8n);
  });

  test('takes a frozen set instead of the present one', () => {
    const set = right(managerOf(5n, 5n).freeze());
    const round = right(new RewardCalculator().calculateRoundRewards(manager, 5n, { set, signers: new Set([a]) }));
    expect([...round.validatorRewards.keys()]).toEqual([a]);
    expect(round.validatorRewards.get(a)?.baseReward).toBe(50n * ZHTP);
  });

  test('pays a validator that has left the registry for what it signed', () => {
    const leaving = managerOf(1_000n, 1_000n);
    const set = right(leaving.freeze());
    right(leaving.removeValidator(a));
    const round = right(new RewardCalculator().calculateRoundRewards(leaving, 5n, { set }));
    expect(round.validatorRewards.get(a)?.baseReward).toBe(50n * ZHTP);
  });

  test('gives the same round again, and pays nothing', () => {
    const calculator = new RewardCalculator();
    expect(calculate(calculator)).toEqual(calculate(calculator));
    expect(calculator.getRewardStats().totalRounds).toBe(0n);
    expect(calculator.getSupply()).toBe(0n);
  });

  test('gives the round by which a height was paid, whatever has changed since', () => {
    const calculator = new RewardCalculator();
    const round = calculate(calculator);
    right(calculator.distributeRewards(round));
    right(calculator.adjustBaseReward(1n));
    expect(calculate(calculator)).toEqual(round);
    for (const height of range(100)) right(calculator.distributeRewards(calculate(calculator, BigInt(height + 3))));
    expect(left(calculator.calculateRoundRewards(manager, 2n)).message).toContain('no longer kept');
  });

  test('proven work moves the work pool', () => {
    const work = new Map([[a, new Map([['Computation', 1_000_000n] as const])]]);
    const round = right(new RewardCalculator().calculateRoundRewards(manager, 2n, { work }));
    // Capped at twice its eighth of the power.
    expect(round.validatorRewards.get(a)?.workBonus).toBeLessThanOrEqual(5n * ZHTP);
    expect(round.validatorRewards.get(a)?.workBonus).toBeGreaterThan(4_900_000n);
  });

  test('of a registry without active validators leaves everything to the treasury', () => {
    const round = right(new RewardCalculator().calculateRoundRewards(managerOf(), 2n));
    expect(round).toMatchObject({ totalRewards: 0n, treasuryShare: 130n * ZHTP });
  });

  test.each([
    ['a signer outside the set', { signers: [id(9)] }, 'is not in the rewarded set'],
    ['a signer listed twice', { signers: [a, a] }, 'is listed twice'],
    ['a set with a stranger', { set: { validators: [{ identity: id(9), votingPower: 1n }] } }, 'Validator not found'],
    [
      'a set that has one twice',
      { set: { validators: [a, a].map((identity) => ({ identity, votingPower: 1n })) } },
      'occurs twice in the set',
    ],
  ])('refuses %s', (_title, extras, phrase) => {
    const refused = left(new RewardCalculator().calculateRoundRewards(manager, 2n, extras));
    expect(refused._tag).toBe('RewardError');
    expect(refused.message).toContain(phrase);
  });

  test.each([0n, 1n])('refuses height %d, at which nobody has signed', (height) => {
    const refused = left(new RewardCalculator().calculateRoundRewards(manager, height));
    expect(refused).toMatchObject({ _tag: 'RewardError', value: height });
  });
});

describe('RewardCalculator.distributeRewards', () => {
  test('pays once, however often it is called', () => {
    const calculator = new RewardCalculator();
    const events: RewardEvent[] = [];
    calculator.events$.subscribe((event) => events.push(event));
    const round = calculate(calculator);
    right(calculator.distributeRewards(round));
    right(calculator.distributeRewards(round));
    expect(calculator.getRewardStats()).toMatchObject({ totalRounds: 1n, totalRewardsDistributed: round.totalRewards });
    expect(calculator.getSupply()).toBe(130n * ZHTP);
    expect(calculator.getEarned(d)).toBe(65n * ZHTP);
    expect(calculator.getTreasury()).toBe(round.treasuryShare);
    expect(events).toEqual([{ _tag: 'RewardsDistributed', round }]);
  });

  test('pays a round that was stored and read again', () => {
    const calculator = new RewardCalculator();
    const read = right(decode(rewardRoundCodec)(encode(rewardRoundCodec)(calculate(calculator))));
    right(calculator.distributeRewards(read));
    expect(calculator.getRewardStats().totalRounds).toBe(1n);
  });

  test('refuses another round for a paid height', () => {
    const calculator = new RewardCalculator();
    const all = calculate(calculator);
    const some = right(calculator.calculateRoundRewards(manager, 2n, { signers: [a] }));
    right(calculator.distributeRewards(all));
    expect(left(calculator.distributeRewards(some)).message).toContain('a height is paid once');
    expect(calculator.getRewardStats().totalRounds).toBe(1n);
  });

  test('refuses a round that was changed since it was calculated, even in place', () => {
    const calculator = new RewardCalculator();
    const round = calculate(calculator);
    const more = { ...round, treasuryShare: round.treasuryShare + 1n };
    expect(left(calculator.distributeRewards(more)).message).toContain('calculate it first');
    const reward = round.validatorRewards.get(a);
    if (reward !== undefined && round.validatorRewards instanceof Map)
      round.validatorRewards.set(a, { ...reward, totalReward: U64_MAX });
    expect(left(calculator.distributeRewards(round))._tag).toBe('RewardError');
    expect(calculator.getSupply()).toBe(0n);
  });

  test('refuses a round calculated elsewhere, and one that a hundred others followed', () => {
    const calculator = new RewardCalculator();
    expect(left(calculator.distributeRewards(calculate(new RewardCalculator())))._tag).toBe('RewardError');
    const first = calculate(calculator);
    for (const height of range(99)) calculate(calculator, BigInt(height + 3));
    expect(E.isRight(calculator.distributeRewards(first))).toBe(true);
    const forgotten = calculate(calculator, 1_000n);
    for (const height of range(100)) calculate(calculator, BigInt(height + 2_000));
    expect(left(calculator.distributeRewards(forgotten)).message).toContain('calculate it first');
  });

  test('never mints beyond maxSupply, even with two rounds calculated for the same room', () => {
    const calculator = right(RewardCalculator.create({ maxSupply: 200n * ZHTP }));
    const [first, second] = [calculate(calculator, 2n), calculate(calculator, 3n)];
    right(calculator.distributeRewards(first));
    expect(left(calculator.distributeRewards(second)).message).toContain('maxSupply');
    right(calculator.distributeRewards(calculate(calculator, 3n)));
    expect(calculator.getSupply()).toBe(200n * ZHTP);
    const empty = calculate(calculator, 4n);
    expect(mintedBy(empty)).toBe(0n);
    right(calculator.distributeRewards(empty));
    expect(calculator.getSupply()).toBe(200n * ZHTP);
  });

  test('hands validators’ rewards to the receiver before commission, and keeps what it passes on', () => {
    const received: ReadonlyMap<string, bigint>[] = [];
    const receiver: RewardReceiver = { receive: (rewards) => (received.push(rewards), E.right(5n)) };
    const calculator = right(RewardCalculator.create({ receiver }));
    const round = calculate(calculator);
    right(calculator.distributeRewards(round));
    expect(received).toEqual([
      new Map([...round.validatorRewards].map(([who, { totalReward }]) => [who, totalReward])),
    ]);
    expect(calculator.getTreasury()).toBe(round.treasuryShare + 5n);
  });

  test('does nothing when the receiver refuses, and pays when it takes them later', () => {
    let isOpen = false;
    const receiver: RewardReceiver = {
      receive: () => (isOpen ? E.right(0n) : E.left({ _tag: 'RewardError', message: 'closed' })),
    };
    const calculator = right(RewardCalculator.create({ receiver }));
    const round = calculate(calculator);
    expect(left(calculator.distributeRewards(round)).message).toBe('closed');
    expect(calculator.getRewardStats().totalRounds).toBe(0n);
    isOpen = true;
    right(calculator.distributeRewards(round));
    expect(calculator.getRewardStats().totalRounds).toBe(1n);
  });
});

describe('RewardCalculator.getRewardStats', () => {
  test('averages what was distributed, rounding down', () => {
    const calculator = right(RewardCalculator.create({ baseReward: 10n }));
    const paid = [2n, 3n, 9n].map((height) => {
      const signers = height === 3n ? [a] : undefined;
      const round = right(calculator.calculateRoundRewards(manager, height, signers === undefined ? {} : { signers }));
      right(calculator.distributeRewards(round));
      return round.totalRewards;
    });
    const total = paid.reduce((x, y) => x + y, 0n);
    expect(calculator.getRewardStats()).toEqual({
      totalRounds: 3n,
      totalRewardsDistributed: total,
      averageRewardsPerRound: total / 3n,
      currentBaseReward: 10n,
    });
  });
});

describe('RewardCalculator.updateWorkMultiplier', () => {
  test('counts from the next calculation on and says so', () => {
    const calculator = new RewardCalculator();
    const events: RewardEvent[] = [];
    calculator.events$.subscribe((event) => events.push(event));
    const before = calculate(calculator);
    right(calculator.updateWorkMultiplier('Validation', 0));
    expect(calculate(calculator).totalRewards).toBe(before.totalRewards - 20n * ZHTP);
    expect(events).toEqual([{ _tag: 'WorkMultiplierUpdated', workType: 'Validation', multiplier: 0 }]);
  });

  test.each([-1, 100.0001, Number.NaN])('refuses %d and keeps the old one', (multiplier) => {
    const calculator = new RewardCalculator();
    const before = calculate(calculator);
    expect(left(calculator.updateWorkMultiplier('Validation', multiplier)).message).toContain('multiplier');
    expect(calculate(calculator)).toEqual(before);
  });
});

describe('RewardCalculator.adjustBaseReward', () => {
  test('counts from the next calculation on, 0 ends emission', () => {
    const calculator = new RewardCalculator();
    const events: RewardEvent[] = [];
    calculator.events$.subscribe((event) => events.push(event));
    right(calculator.adjustBaseReward(50n * ZHTP));
    expect(mintedBy(calculate(calculator))).toBe(65n * ZHTP);
    right(calculator.adjustBaseReward(0n));
    expect(mintedBy(calculate(calculator))).toBe(0n);
    expect(events.map(({ _tag }) => _tag)).toEqual(['BaseRewardAdjusted', 'BaseRewardAdjusted']);
    expect(calculator.getRewardStats().currentBaseReward).toBe(0n);
  });

  test('refuses what would not fit 64 bits with the other pools', () => {
    const calculator = new RewardCalculator();
    expect(left(calculator.adjustBaseReward(U64_MAX))).toMatchObject({ _tag: 'RewardError' });
    expect(calculator.getRewardStats().currentBaseReward).toBe(100n * ZHTP);
  });
});
