import {
  allocate,
  changeStake,
  EMPTY_POOL,
  pendingRewards as pendingResult,
  slashed,
  withdrawCommission,
  withdrawRewards,
  type AccrualPool,
  type AccrualStake,
} from '@zhtp/rewards';
import { presentStake } from '../src/accrual-stake.ts';
import { U64_MAX } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { left, range, right } from './support.ts';

const joined = (pool: AccrualPool, stake: bigint) => {
  const { pool: after, delegation } = right(changeStake(pool, undefined, stake));
  if (delegation === undefined) throw new Error('a stake above 0 opens a delegation');
  return { pool: after, delegation };
};
const pendingRewards = (pool: AccrualPool, since: AccrualStake | undefined) => right(pendingResult(pool, since));
const rewarded = (pool: AccrualPool, amount: bigint) => right(allocate(pool, amount, 0)).pool;

describe('a delegation', () => {
  test('earns nothing from before it joined', () => {
    const first = joined(EMPTY_POOL, 100n);
    const second = joined(rewarded(first.pool, 10n), 100n);
    const pool = rewarded(second.pool, 10n);
    expect(pendingRewards(pool, first.delegation)).toBe(15n);
    expect(pendingRewards(pool, second.delegation)).toBe(5n);
  });

  test('is paid when it changes, and goes on with its new stake', () => {
    const first = joined(EMPTY_POOL, 100n);
    const second = joined(first.pool, 100n);
    const more = right(changeStake(rewarded(second.pool, 20n), first.delegation, 300n));
    expect(more).toMatchObject({ paid: 10n, toTreasury: 0n, delegation: { stake: 300n } });
    const pool = rewarded(more.pool, 40n);
    expect(pendingRewards(pool, more.delegation)).toBe(30n);
    expect(pendingRewards(pool, second.delegation)).toBe(20n);
  });

  test('goes on in a pool whose ratio has reached its end: what is earned beyond it is dust', () => {
    const few = joined(EMPTY_POOL, 1n);
    const ratio = 2n ** 128n - 1n - 10n ** 18n;
    const late = { ...few.pool, ratio };
    const since = { ...few.delegation, ratio };
    const paid = right(changeStake(rewarded(late, 5n), since, 1n));
    expect(paid).toMatchObject({ paid: 1n, toTreasury: 0n, pool: { ratio: 2n ** 128n - 1n, outstanding: 4n } });
    const left = right(changeStake(rewarded(paid.pool, 7n), paid.delegation, 0n));
    expect(left).toMatchObject({ paid: 0n, toTreasury: 11n, pool: { outstanding: 0n } });
    expect(right(slashed(rewarded(paid.pool, 7n), { before: 2n, after: 1n })).ratio).toBe(2n ** 128n - 1n);
  });

  test('withdrawn twice is paid once', () => {
    const { pool, delegation } = joined(EMPTY_POOL, 100n);
    const once = right(withdrawRewards(rewarded(pool, 10n), delegation));
    expect(once.paid).toBe(10n);
    expect(right(withdrawRewards(once.pool, once.delegation)).paid).toBe(0n);
  });

  test('earns before and after slashes with what it had then', () => {
    const first = joined(EMPTY_POOL, 100n);
    const second = joined(first.pool, 300n);
    let pool = rewarded(second.pool, 40n);
    pool = right(slashed(pool, { before: 400n, after: 200n }));
    const third = joined(pool, 200n);
    pool = rewarded(third.pool, 40n);
    pool = right(slashed(pool, { before: 400n, after: 200n }));
    pool = rewarded(pool, 40n);
    expect(pendingRewards(pool, first.delegation)).toBe(10n + 5n + 5n);
    expect(pendingRewards(pool, second.delegation)).toBe(30n + 15n + 15n);
    expect(pendingRewards(pool, third.delegation)).toBe(20n + 20n);
    expect(presentStake(pool, first.delegation)).toBe(25n);
  });

  test('is the last to be settled over a slash: then nobody refers to its mark, and the pool forgets it', () => {
    const first = joined(EMPTY_POOL, 100n);
    const second = joined(first.pool, 300n);
    const once = right(slashed(rewarded(second.pool, 40n), { before: 400n, after: 200n }));
    const between = right(withdrawRewards(once, first.delegation));
    expect(between.pool).toMatchObject({ behind: 1, forgotten: 0 });
    expect(between.pool.slashes).toHaveLength(1);
    const twice = right(slashed(rewarded(between.pool, 40n), { before: 200n, after: 100n }));
    expect(twice).toMatchObject({ behind: 2 });
    const third = joined(twice, 100n);
    const one = right(withdrawRewards(third.pool, second.delegation));
    expect(one.paid).toBe(30n + 30n);
    expect(one.pool.slashes).toHaveLength(2);
    const all = right(changeStake(one.pool, between.delegation, 25n));
    expect(all.paid).toBe(10n);
    expect(all.pool).toMatchObject({ slashes: [], behind: 0, forgotten: 2 });
    const pool = rewarded(right(slashed(all.pool, { before: 200n, after: 100n })), 100n);
    const held = [all.delegation, one.delegation, third.delegation];
    expect(held.map((delegation) => presentStake(pool, delegation))).toEqual([12n, 37n, 50n]);
    expect(held.map((delegation) => pendingRewards(pool, delegation))).toEqual([12n, 37n, 50n]);
  });

  test('of before the slashes that a pool has forgotten is none of it', () => {
    const { pool, delegation } = joined(EMPTY_POOL, 100n);
    const settled = right(withdrawRewards(right(slashed(pool, { before: 100n, after: 50n })), delegation));
    expect(settled.pool).toMatchObject({ slashes: [], forgotten: 1 });
    expect(left(pendingResult(settled.pool, delegation)).message).toContain('none of this pool');
    expect(left(withdrawRewards(settled.pool, delegation)).message).toContain('none of this pool');
    const ahead = { stake: 50n, ratio: 0n, slashes: 2 };
    expect(left(withdrawRewards(settled.pool, ahead)).message).toContain('none of this pool');
  });

  test('slashed to nothing keeps what it had earned and can only leave', () => {
    const { pool, delegation } = joined(EMPTY_POOL, 100n);
    const nothing = right(slashed(rewarded(pool, 10n), { before: 100n, after: 0n }));
    expect(presentStake(nothing, delegation)).toBe(0n);
    expect(left(changeStake(nothing, delegation, 1n)).message).toContain('slashed to nothing');
    expect(left(changeStake(nothing, undefined, 1n)).message).toContain('delegate to another');
    const gone = right(withdrawRewards(nothing, delegation));
    expect(gone).toMatchObject({ paid: 10n, delegation: undefined, pool: { delegations: 0, outstanding: 0n } });
    expect(left(changeStake(gone.pool, undefined, 1n)).message).toContain('slashed to nothing');
  });

  test('that leaves last sends the dust to the treasury, commission stays', () => {
    const three = range(3).reduce<{ pool: AccrualPool; all: readonly AccrualStake[] }>(
      ({ pool, all }) => {
        const { pool: after, delegation } = joined(pool, 1n);
        return { pool: after, all: [...all, delegation] };
      },
      { pool: EMPTY_POOL, all: [] },
    );
    let { pool } = right(allocate(three.pool, 111n, 10));
    const payouts = three.all.map((delegation) => {
      const settled = right(changeStake(pool, delegation, 0n));
      pool = settled.pool;
      return [settled.paid, settled.toTreasury];
    });
    expect(payouts).toEqual([
      [33n, 0n],
      [33n, 0n],
      [33n, 1n],
    ]);
    expect(pool).toMatchObject({ stake: 0n, delegations: 0, commission: 11n, outstanding: 11n });
  });

  test('of nothing, by nobody, is nothing', () => {
    expect(right(changeStake(EMPTY_POOL, undefined, 0n))).toEqual({
      pool: EMPTY_POOL,
      delegation: undefined,
      paid: 0n,
      toTreasury: 0n,
    });
    expect(pendingRewards(EMPTY_POOL, undefined)).toBe(0n);
  });

  test('is refused where the stake of the pool would not fit 64 bits', () => {
    const { pool } = joined(EMPTY_POOL, U64_MAX);
    expect(left(changeStake(pool, undefined, 1n)).message).toContain('stake of the pool');
  });
});

type Step =
  | { readonly op: 'reward'; readonly amount: bigint; readonly rate: number }
  | { readonly op: 'change'; readonly who: number; readonly stake: bigint }
  | { readonly op: 'withdraw'; readonly who: number }
  | { readonly op: 'commission' }
  | { readonly op: 'slash'; readonly permille: bigint };

const who = fc.nat({ max: 4 });
const stake = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: 1n << 50n }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('reward'), amount: stake, rate: fc.nat({ max: 100 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('change'), who, stake }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('withdraw'), who }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('commission') }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('slash'), permille: fc.bigInt({ min: 1n, max: 1_000n }) }) },
);

/**
 * The pool beside a scan over all delegations: what each may get at most, in 10⁻⁴⁰ of a micro-ZHTP. Stakes are whole units
 * there too: a slash rounds each of them down, so that what it leaves of a single unit earns nothing.
 */
const SCALE = 10n ** 40n;

const played = (steps: readonly Step[]) => {
  let pool: AccrualPool = EMPTY_POOL;
  const held = new Map<number, AccrualStake>();
  const exact = new Map<number, { stake: bigint; due: bigint }>();
  const sums = { in: 0n, out: 0n, treasury: 0n };
  const settle = (n: number, change: ReturnType<typeof changeStake>): void => {
    if (change._tag === 'Left') return;
    const { paid, toTreasury, delegation } = change.right;
    const due = exact.get(n)?.due ?? 0n;
    expect(paid * SCALE).toBeLessThanOrEqual(due);
    pool = change.right.pool;
    sums.out += paid;
    sums.treasury += toTreasury;
    if (delegation === undefined) held.delete(n);
    else held.set(n, delegation);
    if (delegation === undefined) exact.delete(n);
    else exact.set(n, { stake: delegation.stake, due: 0n });
  };
  for (const s of steps) {
    switch (s.op) {
      case 'reward': {
        const total = [...exact.values()].reduce((sum, entry) => sum + entry.stake, 0n);
        const { pool: after, toTreasury } = right(allocate(pool, s.amount, s.rate));
        const shared = after.outstanding - after.commission - (pool.outstanding - pool.commission);
        if (total > 0n) for (const entry of exact.values()) entry.due += (shared * SCALE * entry.stake) / total + 1n;
        pool = after;
        sums.in += s.amount;
        sums.treasury += toTreasury;
        break;
      }
      case 'change':
        settle(s.who, changeStake(pool, held.get(s.who), s.stake));
        break;
      case 'withdraw':
        if (held.has(s.who)) settle(s.who, withdrawRewards(pool, held.get(s.who)));
        break;
      case 'commission': {
        const { pool: after, paid } = right(withdrawCommission(pool));
        pool = after;
        sums.out += paid;
        break;
      }
      case 'slash': {
        const before = 1_000n;
        pool = right(slashed(pool, { before, after: before - s.permille }));
        for (const entry of exact.values()) entry.stake = (entry.stake * (before - s.permille)) / before;
        break;
      }
    }
    const promised = [...held.values()].reduce((sum, delegation) => sum + pendingRewards(pool, delegation), 0n);
    expect(promised).toBeLessThanOrEqual(pool.outstanding - pool.commission);
    const stakes = [...held.values()].reduce((sum, delegation) => sum + presentStake(pool, delegation), 0n);
    expect(stakes).toBeLessThanOrEqual(pool.stake);
    expect(held.size).toBe(pool.delegations);
    const all = pool.forgotten + pool.slashes.length;
    expect(pool.behind).toBe([...held.values()].filter(({ slashes }) => slashes < all).length);
    expect(pool.slashes.length > 0).toBe(pool.behind > 0);
    expect(sums.in).toBe(sums.out + sums.treasury + pool.outstanding);
  }
  return { pool, held, sums };
};

describe('whatever happens to a pool', () => {
  test('a unit that a slash broke leaves its share to who holds whole ones', () => {
    const { held, pool } = played([
      { op: 'change', who: 0, stake: 1n },
      { op: 'slash', permille: 1n },
      { op: 'change', who: 2, stake: 1n },
      { op: 'reward', amount: 1n, rate: 0 },
    ]);
    expect([...held.values()].map((delegation) => pendingRewards(pool, delegation))).toEqual([0n, 1n]);
  });

  test('what came in is paid, the treasury’s or outstanding, and no promise exceeds what is there', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { pool, held, sums } = played(steps);
        let last = pool;
        for (const delegation of held.values()) {
          const settled = right(changeStake(last, delegation, 0n));
          sums.out += settled.paid;
          sums.treasury += settled.toTreasury;
          last = settled.pool;
        }
        expect(last.outstanding).toBe(last.commission);
        expect(sums.in).toBe(sums.out + sums.treasury + last.commission);
      }),
      { numRuns: 300 },
    );
  });

  test('the order in which others withdraw changes nobody’s rewards by more than one unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 1n << 40n }), { minLength: 2, maxLength: 6 }),
        fc.array(fc.bigInt({ min: 0n, max: 1n << 40n }), { minLength: 1, maxLength: 6 }),
        (stakes, rewards) => {
          const first = joined(EMPTY_POOL, stakes[0] ?? 1n);
          let quiet = first.pool;
          const others: AccrualStake[] = [];
          for (const amount of stakes.slice(1)) {
            const other = joined(quiet, amount);
            quiet = other.pool;
            others.push(other.delegation);
          }
          let busy = quiet;
          for (const amount of rewards) {
            quiet = rewarded(quiet, amount);
            busy = rewarded(busy, amount);
            for (const [i, other] of others.entries()) {
              const settled = right(withdrawRewards(busy, other));
              busy = settled.pool;
              if (settled.delegation !== undefined) others[i] = settled.delegation;
            }
          }
          const [calm, busier] = [pendingRewards(quiet, first.delegation), pendingRewards(busy, first.delegation)];
          expect(calm - busier === 0n || calm - busier === 1n).toBe(true);
        },
      ),
    );
  });
});
