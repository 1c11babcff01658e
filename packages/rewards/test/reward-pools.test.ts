import { U64_MAX } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { BASE_REWARD_MAX, DEFAULT_REWARD_RULES, rewardRules } from '@zhtp/rewards';
import { poolsOf } from '../src/reward-pools.ts';
import { left, right, ZHTP } from './support.ts';

const rules = (baseReward: bigint, maxSupply = U64_MAX) => right(rewardRules({ baseReward, maxSupply }));

describe('the pools of a block', () => {
  test('are 100, 10 and 20 ZHTP by default', () => {
    expect(poolsOf(DEFAULT_REWARD_RULES, 0n)).toEqual({
      base: 100n * ZHTP,
      participation: 10n * ZHTP,
      work: 20n * ZHTP,
      minted: 130n * ZHTP,
    });
  });

  test('round down each for itself', () => {
    expect(poolsOf(rules(19n), 0n)).toEqual({ base: 19n, participation: 1n, work: 3n, minted: 23n });
  });

  test.each([
    [131n, 130n],
    [130n, 130n],
    [129n, 129n],
    [1n, 1n],
    [0n, 0n],
  ])('with %d left to maxSupply mint %d of 130', (room, minted) => {
    expect(poolsOf(rules(100n, 1_000n), 1_000n - room).minted).toBe(minted);
  });

  test('shrink alike when they are cut, rounding down', () => {
    expect(poolsOf(rules(100n, 65n), 0n)).toEqual({ base: 50n, participation: 5n, work: 10n, minted: 65n });
    expect(poolsOf(rules(100n, 7n), 0n)).toEqual({ base: 5n, participation: 0n, work: 1n, minted: 7n });
  });

  test('mint nothing once governance has put maxSupply below the supply', () => {
    expect(poolsOf(rules(100n, 50n), 80n)).toEqual({ base: 0n, participation: 0n, work: 0n, minted: 0n });
  });

  test('never exceed what is minted, and never maxSupply', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: BASE_REWARD_MAX }),
        fc.bigInt({ min: 0n, max: U64_MAX }),
        fc.bigInt({ min: 0n, max: U64_MAX }),
        (base, maxSupply, supply) => {
          const pools = poolsOf(rules(base, maxSupply), supply);
          expect(pools.base + pools.participation + pools.work).toBeLessThanOrEqual(pools.minted);
          expect(pools.minted).toBeGreaterThanOrEqual(0n);
          expect(pools.minted === 0n || supply + pools.minted <= maxSupply).toBe(true);
        },
      ),
    );
  });

  test('fit 64 bits at the highest base reward, and one more is refused', () => {
    expect(poolsOf(rules(BASE_REWARD_MAX), 0n).minted).toBeLessThanOrEqual(U64_MAX);
    expect(left(rewardRules({ baseReward: BASE_REWARD_MAX + 1n })).message).toContain('baseReward');
  });
});
