import { CHAIN_PARAMETERS, invalidChainParameters, isChainParameterName } from '@zhtp/dao';
import { DEFAULT_DIFFICULTY_CONFIG, U64_MAX } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { conservationFault } from '@zhtp/ledger';
import { people, stakedChain, type Person, type StakedChain, type StakedChainOptions } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, c, d] = people as unknown as readonly [Person, Person, Person, Person];

/** Some epochs with money, stake, a fault and fees moving. */
const live = (options: StakedChainOptions): StakedChain => {
  const chain = stakedChain({
    ...options,
    config: { developmentMode: true, epochLengthBlocks: 2n, ...options.config },
  });
  chain.next();
  chain.next({ messages: [[a, { _tag: 'Delegate', validator: d.who, amount: 10n * ZHTP }]] });
  for (let i = 0; i < 4; i++) chain.next({ absent: [d], messages: [[c, { _tag: 'ClaimRewards', validator: b.who }]] });
  expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  return chain;
};

/** The parameters that genesis gives elsewhere have tests there. */
const ELSEWHERE = [
  'maxBlockBytes',
  'precisionMs',
  'messageDelayMs',
  'evidenceAgeMs',
  'minFeePerByteMicro',
  'newAccountFeeMicro',
];

const extremes = Object.entries(CHAIN_PARAMETERS)
  .filter(([name]) => !ELSEWHERE.includes(name))
  .flatMap(([name, { min, max }]) => [[name, min] as const, [name, max] as const])
  .filter(([name, value]) => invalidChainParameters(new Map([[name, value]])) === undefined);

describe('what governance may decide stops no chain', () => {
  test.each(extremes)('%s = %d', (name, value) => {
    const chain = live({ chainParameters: { [name]: value } });
    expect(isChainParameterName(name)).toBe(true);
    expect(chain.height()).toBe(6n);
  });

  test.each([
    { maxValidators: 1 },
    { maxValidators: 1_000 },
    { minStake: 1n },
    { blockTime: 1n },
    { blockTime: 3_600n },
    { slashDoubleSign: 100 },
    { slashLiveness: 20 },
    { slashLiveness: 0 },
    { epochLengthBlocks: 1n },
    { epochLengthBlocks: 100_000n },
    { maxTransactionsPerBlock: 1 },
  ])('%o', (config) => {
    expect(
      live({ config, ...('maxValidators' in config && config.maxValidators === 1 ? { validators: 1 } : {}) }).height(),
    ).toBe(6n);
  });

  test.each([
    [2n, 4n],
    [2n, 2n ** 32n],
    [1_000_000n, 4n],
  ])('a difficulty interval of %d blocks in %d seconds', (adjustmentInterval, targetTimespan) => {
    const chain = live({ difficulty: { ...DEFAULT_DIFFICULTY_CONFIG, adjustmentInterval, targetTimespan } });
    expect(chain.height()).toBe(6n);
  });

  test('an evidence age and an unbonding period of a year, and of two seconds', () => {
    const year = 365n * 86_400n;
    const slow = live({ evidenceAgeMs: year * 1_000n, chainParameters: { unbondingSeconds: year } });
    const quick = live({ evidenceAgeMs: 2_000n, chainParameters: { unbondingSeconds: 2n } });
    expect([slow.height(), quick.height()]).toEqual([6n, 6n]);
  });

  test('a supply that may not grow any more, and one at its end', () => {
    const full = live({ chainParameters: { maxSupplyMicro: 1n } });
    expect(full.state().totals.emitted).toBe(0n);
    const { state } = live({ chainParameters: { baseRewardMicro: 1_000_000n * ZHTP } });
    expect(state().totals.supply).toBeLessThan(U64_MAX);
  });
});
