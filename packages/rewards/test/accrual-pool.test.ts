import { allocate, EMPTY_POOL, RATIO_ONE, slashed, withdrawCommission } from '@zhtp/rewards';
import { endPeriod } from '../src/accrual-pool.ts';
import { U64_MAX } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { left, right } from './support.ts';

const bonded = { ...EMPTY_POOL, stake: 100n, delegations: 2 };

describe('a reward that enters a pool', () => {
  test.each([
    [0, 0n],
    [1, 10n],
    [33, 330n],
    [50, 500n],
    [99, 990n],
    [100, 1_000n],
  ])('pays commission of %d %% first', (rate, commission) => {
    const { pool, toTreasury } = right(allocate(bonded, 1_000n, rate));
    expect(pool).toMatchObject({ commission, current: 1_000n - commission, outstanding: 1_000n });
    expect(toTreasury).toBe(0n);
  });

  test('rounds commission down', () => {
    expect(right(allocate(bonded, 99n, 50)).pool).toMatchObject({ commission: 49n, current: 50n });
  });

  test('without stake leaves the treasury what remains after commission', () => {
    const { pool, toTreasury } = right(allocate(EMPTY_POOL, 1_000n, 10));
    expect(pool).toMatchObject({ commission: 100n, current: 0n, outstanding: 100n });
    expect(toTreasury).toBe(900n);
  });

  test('that was slashed to nothing is the treasury’s whole', () => {
    const pool = right(slashed(bonded, { before: 100n, after: 0n }));
    expect(pool.isVoid).toBe(true);
    expect(right(allocate(pool, 1_000n, 10))).toEqual({ pool, toTreasury: 1_000n });
  });

  test.each([-1, 101, 0.5, Number.NaN])('is refused with a commission of %d', (rate) => {
    expect(left(allocate(bonded, 1n, rate)).message).toContain('whole percentage from 0 to 100');
  });

  test('is refused when more would be outstanding than 64 bits hold', () => {
    const full = right(allocate(bonded, U64_MAX, 0)).pool;
    expect(left(allocate(full, 1n, 0)).message).toContain('outstanding rewards');
    expect(right(allocate(full, 0n, 0)).pool.outstanding).toBe(U64_MAX);
  });
});

describe('the end of a period', () => {
  test('adds its rewards per stake to the ratio, rounding down', () => {
    const pool = right(allocate({ ...bonded, stake: 3n }, 10n, 0)).pool;
    expect(endPeriod(pool)).toMatchObject({ ratio: (10n * RATIO_ONE) / 3n, current: 0n, outstanding: 10n });
  });

  test('without rewards changes nothing', () => {
    expect(endPeriod(bonded)).toEqual(bonded);
  });
});

describe('a slash', () => {
  test('ends the period and shrinks the stake pro rata', () => {
    const pool = right(slashed(right(allocate(bonded, 50n, 0)).pool, { before: 100n, after: 95n }));
    expect(pool).toMatchObject({ stake: 95n, current: 0n, ratio: RATIO_ONE / 2n });
    expect(pool.slashes).toEqual([{ ratio: RATIO_ONE / 2n, before: 100n, after: 95n }]);
  });

  test('of nothing changes nothing', () => {
    expect(right(slashed(bonded, { before: 100n, after: 100n }))).toEqual(bonded);
    expect(right(slashed(EMPTY_POOL, { before: 0n, after: 0n }))).toEqual(EMPTY_POOL);
  });

  test('leaves no mark where nobody delegates', () => {
    expect(right(slashed(EMPTY_POOL, { before: 10n, after: 5n })).slashes).toEqual([]);
  });

  test('cannot add stake', () => {
    expect(left(slashed(bonded, { before: 100n, after: 101n })).message).toContain('cannot grow by a slash');
  });
});

test('commission is withdrawn once', () => {
  const { pool, paid } = right(withdrawCommission(right(allocate(bonded, 1_000n, 25)).pool));
  expect(paid).toBe(250n);
  expect(pool.outstanding).toBe(750n);
  expect(right(withdrawCommission(pool)).paid).toBe(0n);
});
