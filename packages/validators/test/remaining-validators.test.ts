import { MICRO_PER_ZHTP } from '@zhtp/types';
import { expect, test } from 'vitest';
import { emptyStaking, DEFAULT_RULES, register, remainingUnder, withRules, type StakingState } from '@zhtp/validators';
import { registration, right } from './support.ts';

const ZHTP = MICRO_PER_ZHTP;

/** Validators 1, 2, … with these stakes in ZHTP, and as many bytes of storage as their stake has ZHTP. */
const stakingOf = (stakes: readonly number[]): StakingState => {
  let state = right(
    emptyStaking({
      ...DEFAULT_RULES,
      consensusType: 'ProofOfStake',
      maxValidators: 10,
      minStake: ZHTP,
      minStorage: 0n,
      developmentMode: true,
    }),
  );
  for (const [i, zhtp] of stakes.entries())
    state = right(
      register(
        state,
        registration(i + 1, { stake: BigInt(zhtp) * ZHTP, storageProvided: BigInt(zhtp), isGenesis: true }),
      ),
    ).state;
  return state;
};

test('everybody stays under the rules of today', () => {
  const state = stakingOf([10, 20, 30]);
  expect(remainingUnder(state, state.rules)).toEqual({
    activeValidators: 3,
    votingPower: 60n,
    currentVotingPower: 60n,
  });
});

test('fewer seats are lost by the weakest, among equals by the younger', () => {
  const state = stakingOf([10, 30, 20, 20]);
  const under = (maxValidators: number) => remainingUnder(state, { minStorage: 0n, maxValidators });
  expect(under(4)).toMatchObject({ activeValidators: 4, votingPower: 80n });
  expect(under(3)).toMatchObject({ activeValidators: 3, votingPower: 70n });
  expect(under(2)).toMatchObject({ activeValidators: 2, votingPower: 50n });
  expect(under(1)).toMatchObject({ activeValidators: 1, votingPower: 30n, currentVotingPower: 80n });
});

test('who has too little storage under the new minimum alone falls out', () => {
  // The first has had too little since the minimum was raised, and is active all the same.
  const { state } = right(withRules(stakingOf([10, 20, 30]), { minStorage: 15n }));
  const under = (minStorage: bigint) => remainingUnder(state, { minStorage, maxValidators: 10 }).activeValidators;
  expect(under(15n)).toBe(3);
  expect(under(20n)).toBe(3);
  expect(under(21n)).toBe(2);
  expect(under(31n)).toBe(1);
  expect(under(0n)).toBe(3);
});
