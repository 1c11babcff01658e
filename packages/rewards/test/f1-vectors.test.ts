import { DelegatorRewards, splitFees } from '@zhtp/rewards';
import { describeVectors } from '@zhtp/testing';
import type { IdentityId } from '@zhtp/types';
import { expect, test } from 'vitest';
import { id, member, right, ZHTP } from './support.ts';

type Event =
  | { readonly op: 'delegate'; readonly who: string; readonly amount: number }
  | { readonly op: 'reward'; readonly amount: number }
  | { readonly op: 'slash'; readonly infractionPower: number; readonly fraction: string }
  | { readonly op: 'expect'; readonly rewards: Readonly<Record<string, string>>; readonly commission: string };

interface Vectors {
  readonly cases: readonly { readonly name: string; readonly commission: string; readonly events: readonly Event[] }[];
  readonly allocation: readonly (
    | {
        readonly name: string;
        readonly reward: string;
        readonly commission: string;
        readonly expect: { readonly commission: string; readonly delegatorsPool: string };
      }
    | {
        readonly name: string;
        readonly fees: string;
        readonly communityTax: string;
        readonly validators: readonly { readonly power: number; readonly commission: string }[];
        readonly expect: {
          readonly communityPool: string;
          readonly outstanding: readonly string[];
          readonly commission: readonly string[];
          readonly currentRewards: readonly string[];
        };
      }
  )[];
}

/** Coins as millions of the smallest unit: the expected rationals have fewer decimals than that. */
const coins = (text: string | number): bigint => BigInt(Math.round(Number(text) * Number(ZHTP)));
const percent = (fraction: string): number => Math.round(Number(fraction) * 100);

describeVectors<Vectors>('F1 distribution', 'economics/f1_distribution.json', ({ cases, allocation }) => {
  const V = id(1);
  const named = (who: string): IdentityId => (who === 'self' ? V : id(2 + Number(who.replace(/\D/g, ''))));

  test.each(cases)('$name', ({ commission, events }) => {
    const rewards = new DelegatorRewards();
    right(rewards.setCommissionRate(V, percent(commission)));
    let bonded = 0n;
    for (const event of events)
      switch (event.op) {
        case 'delegate':
          right(rewards.changeStake({ validator: V, delegator: named(event.who) }, coins(event.amount)));
          bonded += coins(event.amount);
          break;
        case 'reward':
          expect(right(rewards.receive(new Map([[V, coins(event.amount)]])))).toBe(0n);
          break;
        case 'slash': {
          const after = bonded - (coins(event.infractionPower) * coins(event.fraction)) / ZHTP;
          right(rewards.slash(V, { before: bonded, after }));
          bonded = after;
          break;
        }
        case 'expect':
          for (const [who, amount] of Object.entries(event.rewards))
            expect(right(rewards.pendingRewards({ validator: V, delegator: named(who) })), who).toBe(coins(amount));
          expect(right(rewards.pendingCommission(V))).toBe(coins(event.commission));
      }
    expect(events.some(({ op }) => op === 'expect')).toBe(true);
  });

  test.each(allocation)('$name', (entry) => {
    const rewards = new DelegatorRewards();
    const staked = (validator: IdentityId, commission: string): void => {
      right(rewards.setCommissionRate(validator, percent(commission)));
      right(rewards.changeStake({ validator, delegator: validator }, coins(100)));
    };
    if ('reward' in entry) {
      staked(V, entry.commission);
      right(rewards.receive(new Map([[V, coins(entry.reward)]])));
      expect(right(rewards.pendingCommission(V))).toBe(coins(entry.expect.commission));
      expect(right(rewards.pendingRewards({ validator: V, delegator: V }))).toBe(coins(entry.expect.delegatorsPool));
      return;
    }
    const treasury = Number(coins(entry.communityTax)) / 100;
    const shares = { ubi: 0, validators: 10_000 - treasury, governance: 0, treasury, proposer: 0 };
    const members = entry.validators.map(({ power }, n) => member(n, BigInt(power)));
    const split = right(splitFees({ fees: coins(entry.fees), members, shares }));
    expect(split.treasury).toBe(coins(entry.expect.communityPool));
    for (const [n, { commission }] of entry.validators.entries()) staked(id(n), commission);
    right(rewards.receive(split.validators));
    for (const n of entry.validators.keys()) {
      const validator = id(n);
      expect(right(rewards.outstandingRewards(validator))).toBe(coins(entry.expect.outstanding[n] ?? ''));
      expect(right(rewards.pendingCommission(validator))).toBe(coins(entry.expect.commission[n] ?? ''));
      expect(right(rewards.pendingRewards({ validator, delegator: validator }))).toBe(
        coins(entry.expect.currentRewards[n] ?? ''),
      );
    }
  });
});
