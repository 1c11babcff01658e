import { CHAIN_PARAMETERS, governanceGenesis, invalidChainParameters } from '@zhtp/dao';
import { DEFAULT_CONSENSUS_CONFIG, type ConsensusConfig } from '@zhtp/types';
import { withRules, type StakingState } from '@zhtp/validators';
import { exportState, importState, type LedgerState } from '@zhtp/ledger';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { governedRules } from '../src/block/governed.ts';
import { right } from './support/chain.ts';
import { storedAt } from './support/eventful-ledger.ts';
import { people, stakedChain } from './support/staked-chain.ts';

/** Values that agree with each other wherever one of them goes to an end of its range. */
const besides = (name: string, value: bigint): ReadonlyMap<string, bigint> => {
  const values = new Map([[name, value]]);
  if (name === 'unbondingSeconds' && value < 1_814_400n)
    return values.set('evidenceAgeMs', 1_000n * value).set('trustingPeriodSeconds', value === 1n ? 0n : value - 1n);
  return values;
};

const staking = stakedChain().state().staking;
const takes = (config: Partial<ConsensusConfig>, values: ReadonlyMap<string, bigint>): string => {
  const governance = right(
    governanceGenesis({
      chainId: 'governed',
      config: { ...DEFAULT_CONSENSUS_CONFIG, ...config },
      chainParameters: values,
    }),
  );
  const next = withRules(staking, governedRules(governance));
  return E.isRight(next) ? 'taken' : next.left.message;
};

describe('whatever governance may decide, staking takes', () => {
  test.each(
    Object.entries(CHAIN_PARAMETERS).flatMap(([name, { min, max }]) => [[name, min] as const, [name, max] as const]),
  )('%s at %s', (name, value) => {
    const values = besides(name, value);
    // What the table refuses no vote can decide.
    expect(invalidChainParameters(values) === undefined ? takes({}, values) : 'taken').toBe('taken');
  });

  test.each<Partial<ConsensusConfig>>([
    { minStake: 1n },
    { minStake: 1_000_000_000_000n },
    { minStorage: 0n },
    { minStorage: 1n << 50n },
    { maxValidators: 4 },
    { maxValidators: 1_000 },
    { blockTime: 1n },
    { blockTime: 3_600n },
    { slashDoubleSign: 1 },
    { slashDoubleSign: 100 },
    { epochLengthBlocks: 10n },
    { epochLengthBlocks: 100_000n },
  ])('%o', (config) => {
    expect(takes(config, new Map())).toBe('taken');
  });
});

test('a window of another length begins anew: what was missed in the old one is no fault in the new', () => {
  const chain = stakedChain({ chainParameters: { signedBlocksWindow: 20n } });
  const [, , , silent] = people;
  if (silent === undefined) throw new Error('four people');
  chain.passBlocks(1);
  for (let i = 0; i < 9; i++) chain.next({ absent: [silent] });
  const missed = (state: StakingState): number | undefined => state.accounts.get(silent.who)?.liveness.missed;
  expect(missed(chain.state().staking)).toBe(9);
  const shorter = right(withRules(chain.state().staking, { signedBlocksWindow: 10 }));
  expect(missed(shorter.state)).toBe(0);
  const same = right(withRules(chain.state().staking, { signedBlocksWindow: 20 }));
  expect(missed(same.state)).toBe(9);
});

test('an epoch in which nothing was decided changes no parameters, also for a node that was started meanwhile', () => {
  const started = (state: LedgerState, height: bigint): LedgerState =>
    right(importState(JSON.parse([...exportState(storedAt(state, height))].join('')))).state;
  const chain = stakedChain({ between: started });
  for (let height = 1n; height <= 21n; height++) expect(chain.next().end.parameters).toEqual(O.none);
});
