import {
  DEFAULT_CHAIN_PARAMETERS,
  DEFAULT_CONSENSUS_CONFIG,
  GIB,
  MICRO_PER_ZHTP,
  type ConsensusType,
  type Genesis,
} from '@zhtp/types';
import { expect, test } from 'vitest';
import { TOTAL_POWER_MAX, validatorsFromGenesis } from '@zhtp/validators';
import { frozen, left, right } from './support.ts';

const genesis = (consensusType: ConsensusType, stakes: readonly bigint[], storageProvided = 0n): Genesis => ({
  formatVersion: 1,
  chainId: 'test',
  genesisTime: 0n,
  initialHeight: 1n,
  signatureAlgorithm: 'ML-DSA-65',
  parameters: {
    ...DEFAULT_CHAIN_PARAMETERS,
    consensus: { ...DEFAULT_CONSENSUS_CONFIG, consensusType },
  },
  validators: stakes.map((stake, i) => {
    const { identity, consensusKey } = frozen(`v${String(i)}`, 1n);
    return { identity, consensusKey, stake, storageProvided, proofOfPossession: new Uint8Array(0), commissionRate: 0 };
  }),
  appState: null,
});

const powers = (...args: Parameters<typeof genesis>): readonly bigint[] =>
  right(validatorsFromGenesis(genesis(...args))).validators.map(({ votingPower }) => votingPower);

test('the first set has the powers of the chain’s consensus type', () => {
  const stakes = [0n, 1_000n * MICRO_PER_ZHTP];
  expect(powers('ProofOfStake', stakes)).toEqual([1n, 1_000n]);
  expect(powers('Hybrid', stakes, 1_000n * GIB)).toEqual([1n, 1_200n]);
  expect(powers('ProofOfStorage', stakes, 7n * GIB)).toEqual([1n, 7n]);
  expect(powers('ProofOfUsefulWork', stakes)).toEqual([1n, 1n]);
  expect(powers('ByzantineFaultTolerance', stakes)).toEqual([1n, 1n]);
});

test('a genesis without validators, or with one of them twice, has no first set', () => {
  const twice = genesis('ProofOfStake', [1n, 1n]);
  expect(left(validatorsFromGenesis(genesis('ProofOfStake', [])))).toMatch(/^genesis validators: /);
  const [first] = twice.validators;
  expect(left(validatorsFromGenesis({ ...twice, validators: twice.validators.flatMap(() => first ?? []) }))).toContain(
    'occurs twice',
  );
});

test('64 bits of stake in micro-ZHTP never reach the limit of power', () => {
  expect((2n ** 64n / MICRO_PER_ZHTP) * 2n < TOTAL_POWER_MAX).toBe(true);
  expect(powers('ProofOfStake', [2n ** 64n - 1n])).toEqual([(2n ** 64n - 1n) / MICRO_PER_ZHTP]);
});
