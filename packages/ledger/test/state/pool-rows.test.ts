import { changeStake, EMPTY_POOL, slashed, type AccrualPool } from '@zhtp/rewards';
import { expect, test } from 'vitest';
import type { ChainDomains } from '../../src/chain-domains.ts';
import { domainChanges, domainEntries } from '../../src/state/domain-rows.ts';
import { right } from '../support/chain.ts';
import { personOf, START } from '../support/domain-history.ts';

const validator = personOf(1);

const withPool = (pool: AccrualPool): ChainDomains => ({
  ...START,
  accrual: { ...START.accrual, pools: START.accrual.pools.with(validator, pool) },
});

const rowOf = (state: ChainDomains): Uint8Array | undefined => {
  for (const [map, entries] of domainEntries(state)) if (map === 'reward-pools') return new Map(entries).get(validator);
  return undefined;
};

test('a delegation that is settled over a slash changes the row of its pool, even where no amount changes', () => {
  const first = right(changeStake(EMPTY_POOL, undefined, 100n));
  const second = right(changeStake(first.pool, undefined, 100n));
  const fallen = right(slashed(second.pool, { before: 200n, after: 100n }));
  const settled = right(changeStake(fallen, first.delegation, 50n)).pool;
  expect(settled).toEqual({ ...fallen, behind: 1 });
  const [before, after] = [withPool(fallen), withPool(settled)];
  expect(rowOf(after)).not.toEqual(rowOf(before));
  expect(domainChanges(before, after).get('reward-pools')?.has(validator)).toBe(true);
});
