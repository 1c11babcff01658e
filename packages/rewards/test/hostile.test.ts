import { HOSTILE_VALUES } from '@zhtp/testing';
import * as rewards from '@zhtp/rewards';
import {
  DEFAULT_FEE_SHARES,
  DEFAULT_REWARD_RULES,
  EMPTY_POOL,
  DelegatorRewards,
  RewardCalculator,
  type AccrualPool,
} from '@zhtp/rewards';
import { expect, test } from 'vitest';
import { id, managerOf, member, right } from './support.ts';

// The table calls typed functions as callers without types do: every entry takes any value at all.
type Untyped = (...args: readonly unknown[]) => unknown;
const untyped = rewards as unknown as Readonly<Record<string, Untyped>>;
const call = (name: string, ...args: readonly unknown[]): unknown => untyped[name]?.(...args);
const method = (target: object, name: string, ...args: readonly unknown[]): unknown =>
  (target as Readonly<Record<string, Untyped>>)[name]?.call(target, ...args);

const V = id(1);
const manager = managerOf(1_000n);
const bonded = (): DelegatorRewards => {
  const made = new DelegatorRewards();
  right(made.changeStake({ validator: V, delegator: V }, 100n));
  return made;
};
const { pool, delegation } = right(rewards.changeStake(EMPTY_POOL, undefined, 100n));
const slashedPool: AccrualPool = right(rewards.slashed(pool, { before: 100n, after: 50n }));
const set = [member(1, 10n)];
const round = { height: 2n, time: 0n, supply: 0n, members: set, work: new Map() };
const calculated = () => right(new RewardCalculator().calculateRoundRewards(manager, 2n));

/** What no argument here may be: not a number but a bigint, not in its range, not a value of its type at all. */
const HOSTILE: readonly unknown[] = [...HOSTILE_VALUES, '1', '9'.repeat(100_000), '\u0000'];

/** One argument of one public function, a caller that puts anything in its place, and what happens to be right there. */
type Slot = readonly [title: string, call: (hostile: unknown) => unknown, fine?: unknown];

const SLOTS: readonly Slot[] = [
  ['RewardCalculator.create options', (x) => RewardCalculator.create(x as never)],
  ['RewardCalculator.create baseReward', (x) => RewardCalculator.create({ baseReward: x as never })],
  ['RewardCalculator.create maxSupply', (x) => RewardCalculator.create({ maxSupply: x as never })],
  ['RewardCalculator.create supply', (x) => RewardCalculator.create({ supply: x as never })],
  ['RewardCalculator.create receiver', (x) => RewardCalculator.create({ receiver: x as never })],
  ['RewardCalculator.create workMultipliers', (x) => RewardCalculator.create({ workMultipliers: x as never })],
  [
    'RewardCalculator.create one multiplier',
    (x) =>
      RewardCalculator.create({
        workMultipliers: new Map([...DEFAULT_REWARD_RULES.workMultipliers, ['Computation', x as never]]),
      }),
  ],
  ...(['validatorManager', 'currentHeight', 'extras'] as const).map((name, i): Slot => [
    `RewardCalculator.calculateRoundRewards ${name}`,
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', ...[manager, 2n, {}].with(i, x as never)),
  ]),
  ...['signers', 'work', 'time'].map((name): Slot => [
    `RewardCalculator.calculateRoundRewards extras.${name}`,
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, { [name]: x }),
  ]),
  [
    'RewardCalculator.calculateRoundRewards extras.set.validators',
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, { set: { validators: x } }),
  ],
  [
    'RewardCalculator.calculateRoundRewards one signer',
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, { signers: [x] }),
  ],
  [
    'RewardCalculator.calculateRoundRewards one validator of work',
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, { work: new Map([[x, new Map()]]) }),
  ],
  [
    'RewardCalculator.calculateRoundRewards the work of one',
    (x) => method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, { work: new Map([[V, x]]) }),
  ],
  [
    'RewardCalculator.calculateRoundRewards a kind of work',
    (x) =>
      method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, {
        work: new Map([[V, new Map([[x, 1n]])]]),
      }),
  ],
  [
    'RewardCalculator.calculateRoundRewards units',
    (x) =>
      method(new RewardCalculator(), 'calculateRoundRewards', manager, 2n, {
        work: new Map([[V, new Map([['Computation', x]])]]),
      }),
  ],
  ['RewardCalculator.distributeRewards round', (x) => method(new RewardCalculator(), 'distributeRewards', x)],
  ...['height', 'totalRewards', 'validatorRewards', 'timestamp', 'treasuryShare'].map((name): Slot => [
    `RewardCalculator.distributeRewards ${name}`,
    (x) => method(new RewardCalculator(), 'distributeRewards', { ...calculated(), [name]: x }),
  ]),
  [
    'RewardCalculator.updateWorkMultiplier workType',
    (x) => method(new RewardCalculator(), 'updateWorkMultiplier', x, 1),
  ],
  ['RewardCalculator.adjustBaseReward amount', (x) => method(new RewardCalculator(), 'adjustBaseReward', x)],
  ['DelegatorRewards.setCommissionRate validator', (x) => method(bonded(), 'setCommissionRate', x, 1)],
  ['DelegatorRewards.setCommissionRate percent', (x) => method(bonded(), 'setCommissionRate', V, x)],
  ['DelegatorRewards.changeStake key', (x) => method(bonded(), 'changeStake', x, 1n)],
  [
    'DelegatorRewards.changeStake validator',
    (x) => method(bonded(), 'changeStake', { validator: x, delegator: V }, 1n),
  ],
  [
    'DelegatorRewards.changeStake delegator',
    (x) => method(bonded(), 'changeStake', { validator: V, delegator: x }, 1n),
  ],
  ['DelegatorRewards.changeStake stake', (x) => method(bonded(), 'changeStake', { validator: V, delegator: V }, x)],
  ['DelegatorRewards.slash validator', (x) => method(bonded(), 'slash', x, { before: 1n, after: 1n })],
  ['DelegatorRewards.slash bonded', (x) => method(bonded(), 'slash', V, x)],
  ['DelegatorRewards.slash before', (x) => method(bonded(), 'slash', V, { before: x, after: 0n })],
  ['DelegatorRewards.slash after', (x) => method(bonded(), 'slash', V, { before: 100n, after: x })],
  ['DelegatorRewards.receive rewards', (x) => method(bonded(), 'receive', x)],
  ['DelegatorRewards.receive validator', (x) => method(bonded(), 'receive', new Map([[x, 1n]]))],
  ['DelegatorRewards.receive amount', (x) => method(bonded(), 'receive', new Map([[V, x]]))],
  ['DelegatorRewards.pendingRewards key', (x) => method(bonded(), 'pendingRewards', x)],
  ['DelegatorRewards.withdraw key', (x) => method(bonded(), 'withdraw', x)],
  ['DelegatorRewards.pendingCommission', (x) => method(bonded(), 'pendingCommission', x)],
  ['DelegatorRewards.withdrawCommission', (x) => method(bonded(), 'withdrawCommission', x)],
  ['DelegatorRewards.outstandingRewards', (x) => method(bonded(), 'outstandingRewards', x)],
  ['rewardRules partial', (x) => call('rewardRules', x)],
  ['calculateRound rules', (x) => call('calculateRound', x, round)],
  ['calculateRound input', (x) => call('calculateRound', DEFAULT_REWARD_RULES, x)],
  ...Object.keys(round).map((name): Slot => [
    `calculateRound ${name}`,
    (x) => call('calculateRound', DEFAULT_REWARD_RULES, { ...round, [name]: x }),
  ]),
  ['calculateRound a member', (x) => call('calculateRound', DEFAULT_REWARD_RULES, { ...round, members: [x] })],
  ...['identity', 'votingPower', 'reputation'].map((name): Slot => [
    `calculateRound ${name} of a member`,
    (x) => call('calculateRound', DEFAULT_REWARD_RULES, { ...round, members: [{ ...member(1, 1n), [name]: x }] }),
  ]),
  ['membersOf registry', (x) => call('membersOf', x, {})],
  ['membersOf extras', (x) => call('membersOf', manager, x)],
  ['splitFees input', (x) => call('splitFees', x)],
  ...['fees', 'members', 'proposer', 'shares'].map((name): Slot => [
    `splitFees ${name}`,
    (x) => call('splitFees', { fees: 1n, members: set, [name]: x }),
  ]),
  ...Object.keys(DEFAULT_FEE_SHARES).map((name): Slot => [
    `splitFees shares.${name}`,
    (x) => call('splitFees', { fees: 1n, members: set, shares: { ...DEFAULT_FEE_SHARES, [name]: x } }),
  ]),
  ['allocate pool', (x) => call('allocate', x, 1n, 1)],
  ['allocate amount', (x) => call('allocate', pool, x, 1)],
  ['allocate commissionRate', (x) => call('allocate', pool, 1n, x)],
  ...Object.keys(pool).map((name): Slot => [
    `changeStake pool.${name}`,
    (x) => call('changeStake', { ...pool, [name]: x }, delegation, 1n),
    name === 'isVoid' ? false : 1n << 64n,
  ]),
  ...Object.keys(delegation ?? {}).map((name): Slot => [
    `withdrawRewards delegation.${name}`,
    (x) => call('withdrawRewards', slashedPool, { ...delegation, [name]: x }),
  ]),
  ['withdrawRewards a slash of the pool', (x) => call('withdrawRewards', { ...pool, slashes: [x] }, delegation)],
  ['changeStake delegation', (x) => call('changeStake', pool, x, 1n)],
  ['changeStake stake', (x) => call('changeStake', pool, delegation, x)],
  ['pendingRewards pool', (x) => call('pendingRewards', x, delegation)],
  ['pendingRewards delegation', (x) => call('pendingRewards', pool, x)],
  ['slashed pool', (x) => call('slashed', x, { before: 1n, after: 0n })],
  ['slashed slash', (x) => call('slashed', pool, x)],
  ['withdrawCommission pool', (x) => call('withdrawCommission', x)],
  ['withdrawRewards pool', (x) => call('withdrawRewards', x, delegation)],
];

const slots = SLOTS.map(([title, slot, fine]) => ({ title, slot, fine }));

test.each(slots)('$title: what it cannot be is a RewardError with a message, never a throw', ({ slot, fine }) => {
  for (const hostile of HOSTILE.filter((value) => value !== fine)) {
    const answer = slot(hostile);
    expect(answer, String(hostile).slice(0, 30)).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'RewardError', message: expect.stringMatching(/^.{10,400}$/u) as unknown },
    });
  }
});

test.each([[-1], [Number.NaN], [0.1 + 0.2], ['1'], [null], [1n], [Symbol('x')]])(
  'a multiplier of %s is a RewardError',
  (hostile) => {
    expect(method(new RewardCalculator(), 'updateWorkMultiplier', 'Computation', hostile)).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'RewardError' },
    });
    expect(call('multiplierInBasisPoints', hostile)).toMatchObject({ _tag: 'Left' });
  },
);

test('strangers have earned nothing, whatever they are', () => {
  for (const hostile of HOSTILE) expect(method(new RewardCalculator(), 'getEarned', hostile)).toBe(0n);
});

test('every public function stands in the table', () => {
  const functions = Object.entries(rewards).flatMap(([name, value]) => {
    if (typeof value !== 'function') return [];
    if (value === RewardCalculator || value === DelegatorRewards)
      return Object.getOwnPropertyNames(value.prototype).map((own) => `${name}.${own}`);
    return [name];
  });
  const withoutArguments = ['constructor', 'getRewardStats', 'getSupply', 'getTreasury'];
  const tested = [
    ...SLOTS.map(([title]) => title.split(' ')[0]),
    'multiplierInBasisPoints',
    'RewardCalculator.getEarned',
  ];
  const missing = functions.filter(
    (name) => !tested.includes(name) && !withoutArguments.includes(name.split('.')[1] ?? ''),
  );
  expect(missing).toEqual([]);
});
