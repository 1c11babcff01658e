import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calculateVotingPower, DaoEngine, ownWeight, VOTING_POWER_MAX } from '@zhtp/dao';
import { range, refusalOf, right, ZHTP } from './support.ts';

const components = (tokens: bigint, stake: bigint, c: number, r: number, delegated: bigint) => ({
  tokenBalance: tokens,
  stakedAmount: stake,
  networkContributionScore: c,
  reputationScore: r,
  delegatedPower: delegated,
});

describe('DaoEngine.calculateVotingPower', () => {
  test.each([
    [0n, 0n, 0, 0, 0n, 1n],
    [100n, 50n, 80, 85, 10n, 11n],
    [10_000n, 0n, 0, 0, 0n, 2n],
    [9_999n, 0n, 0, 0, 0n, 1n],
    [1_000_000n, 500_000n, 50, 50, 100n, 382n],
    [1_000_000n, 500_000n, 100, 100, 0n, 376n],
    [1_000_000n, 500_000n, 4_294_967_295, 101, 0n, 376n],
    [10n ** 12n, 0n, 0, 0, 0n, 1_000_000n],
    [0n, 0n, 0, 0, 999_998n, 999_999n],
    [0n, 0n, 0, 0, 999_999n, 1_000_000n],
    [0n, 0n, 0, 0, 1_000_000n, 1_000_000n],
    [2n ** 64n - 1n, 2n ** 64n - 1n, 100, 100, 2n ** 64n - 1n, 1_000_000n],
  ])('(%s, %s, %s, %s, %s) is %s', (tokens, stake, c, r, delegated, power) => {
    expect(right(new DaoEngine().calculateVotingPower(components(tokens, stake, c, r, delegated)))).toBe(power);
  });

  test.each([
    [components(-1n, 0n, 0, 0, 0n), 'tokenBalance is -1'],
    [components(0n, 2n ** 64n, 0, 0, 0n), 'stakedAmount is 18446744073709551616'],
    [components(0n, 0n, Number.NaN, 0, 0n), 'networkContributionScore is NaN'],
    [components(0n, 0n, 0, 1.5, 0n), 'reputationScore is 1.5'],
    [components(0n, 0n, 0, 0, -5n), 'delegatedPower is -5'],
  ])('refuses a component outside its type, by name', (given, message) => {
    expect(refusalOf(calculateVotingPower(given))).toContain(`DaoError: ${message}`);
  });

  test('never falls when anything rises, and never exceeds the cap', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 13n });
    const score = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(amount, amount, score, score, amount, fc.nat(4), (t, s, c, r, d, which) => {
        const raised = components(
          t + (which === 0 ? 10_000n : 0n),
          s + (which === 1 ? 10_000n : 0n),
          c + (which === 2 ? 1 : 0),
          r + (which === 3 ? 1 : 0),
          d + (which === 4 ? 1n : 0n),
        );
        const [before, after] = [
          right(calculateVotingPower(components(t, s, c, r, d))),
          right(calculateVotingPower(raised)),
        ];
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(VOTING_POWER_MAX);
      }),
    );
  });
});

describe('own weight on a chain', () => {
  const account = {
    liquidBalance: 0n,
    bondedStake: 0n,
    delegatedOut: 0n,
    contributionScore: 0,
    reputationScore: 0,
    isAttested: false,
  };

  test('is 0 for a new account that nobody attested: accounts are free, votes are not', () => {
    expect(ownWeight(account)).toBe(0n);
    expect(ownWeight({ ...account, isAttested: true })).toBe(1n);
  });

  test('counts tokens once and stake, delegated out too, twice, in whole units of micro-ZHTP amounts', () => {
    expect(ownWeight({ ...account, liquidBalance: 10_000n * ZHTP - 1n })).toBe(0n);
    expect(ownWeight({ ...account, liquidBalance: 10_000n * ZHTP })).toBe(1n);
    expect(ownWeight({ ...account, bondedStake: 4_000n * ZHTP, delegatedOut: 6_000n * ZHTP })).toBe(2n);
    expect(ownWeight({ ...account, liquidBalance: 5n * ZHTP }, 1n)).toBe(5n);
  });

  test('splitting holdings over accounts nobody attested gains nothing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 2, max: 20 }), (balance, parts) => {
        const share = balance / BigInt(parts);
        const split = range(parts).reduce((sum) => sum + ownWeight({ ...account, liquidBalance: share }), 0n);
        expect(split).toBeLessThanOrEqual(ownWeight({ ...account, liquidBalance: balance }));
      }),
    );
  });
});
