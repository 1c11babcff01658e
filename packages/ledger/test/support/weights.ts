import { currentPower, totalPowerAt } from '@zhtp/dao';
import { option as O } from 'fp-ts';
import { expect } from 'vitest';
import { accountOf } from '@zhtp/ledger';
import { weightOf } from '../../src/voting-weight.ts';
import { people, type Person, type StakedChain } from './staked-chain.ts';

export const weightIn = (chain: StakedChain, { who }: Person): bigint =>
  currentPower(chain.state().governance.electorate, who);

export const totalWeight = (chain: StakedChain): bigint =>
  totalPowerAt(chain.state().governance.electorate, chain.height());

/** The register of voters is what accounts and stakes say when everybody is looked at. */
export const expectWeightsAsCounted = (chain: StakedChain): void => {
  const state = chain.state();
  const weights = people.map((person) => weightIn(chain, person));
  expect(weights).toEqual(
    people.map(({ who }) => weightOf(state, who, O.toUndefined(accountOf(state, who))?.balance ?? 0n)),
  );
  expect(totalWeight(chain)).toBe(weights.reduce((sum, each) => sum + each, 0n));
};
