import { GIB, MICRO_PER_ZHTP, U64_MAX, type ConsensusType } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { votingPower, type PowerBasis } from '../src/voting-power.ts';

const ZHTP = MICRO_PER_ZHTP;
const basis = (change: Partial<PowerBasis>): PowerBasis => ({
  stake: 1_000n * ZHTP,
  delegatedStake: 0n,
  storageProvided: 0n,
  provenWork: 0n,
  ...change,
});
const power = (consensusType: ConsensusType, change: Partial<PowerBasis>, minStorage = 100n * GIB): bigint =>
  votingPower({ consensusType, minStorage }, basis(change));

describe('proof of stake counts whole ZHTP', () => {
  test.each([
    [0n, 0n, 1n],
    [ZHTP - 1n, 0n, 1n],
    [ZHTP, 0n, 1n],
    [2n * ZHTP - 1n, 0n, 1n],
    [2n * ZHTP, 0n, 2n],
    [ZHTP, ZHTP, 2n],
    [ZHTP + 500_000n, 500_000n, 2n],
    [ZHTP, 10n * ZHTP, 11n],
    [ZHTP, 10n * ZHTP + 1n, 11n],
    [ZHTP, U64_MAX, 11n],
    [0n, U64_MAX, 1n],
  ])('own %d and delegated %d micro-ZHTP give %d', (stake, delegatedStake, expected) => {
    expect(power('ProofOfStake', { stake, delegatedStake })).toBe(expected);
  });
});

describe('proof of storage and of useful work count what is proven, up to the stake', () => {
  test.each([
    [0n, 1n],
    [GIB - 1n, 1n],
    [5n * GIB, 5n],
    [1_000n * GIB, 1_000n],
    [1_001n * GIB, 1_000n],
  ])('%d bytes attested give %d', (storageProvided, expected) => {
    expect(power('ProofOfStorage', { storageProvided })).toBe(expected);
  });
  test.each([
    [0n, 1n],
    [7n, 7n],
    [1_000n, 1_000n],
    [1_001n, 1_000n],
  ])('%d units of work give %d', (provenWork, expected) => {
    expect(power('ProofOfUsefulWork', { provenWork })).toBe(expected);
  });
});

describe('hybrid adds up to a fifth for storage beyond the required', () => {
  test.each([
    [0n, 1_000n],
    [100n, 1_000n],
    [101n, 1_000n],
    [104n, 1_000n],
    [105n, 1_001n],
    [550n, 1_100n],
    [999n, 1_199n],
    [1_000n, 1_200n],
    [1_001n, 1_200n],
    [2n ** 50n, 1_200n],
  ])('%d GiB of 100 required give %d', (gib, expected) => {
    expect(power('Hybrid', { storageProvided: gib * GIB })).toBe(expected);
  });
  test('no bonus where no storage is required, or less than a GiB', () => {
    expect(power('Hybrid', { storageProvided: 1_000n * GIB }, 0n)).toBe(1_000n);
    expect(power('Hybrid', { storageProvided: 1_000n * GIB }, GIB - 1n)).toBe(1_000n);
  });
});

test('a permissioned chain gives everyone one vote', () => {
  expect(power('ByzantineFaultTolerance', { stake: 0n })).toBe(1n);
  expect(power('ByzantineFaultTolerance', { stake: U64_MAX, storageProvided: U64_MAX })).toBe(1n);
});

test('splitting a stake over two identities never gains more than the minimum of one', () => {
  const types: readonly ConsensusType[] = ['ProofOfStake', 'ProofOfStorage', 'Hybrid'];
  const amount = fc.bigInt(0n, 10_000n * ZHTP);
  const storage = fc.bigInt(0n, 2_000n * GIB);
  fc.assert(
    fc.property(fc.constantFrom(...types), amount, amount, storage, (type, a, b, bytes) => {
      const whole = power(type, { stake: a + b, storageProvided: bytes });
      const parts = power(type, { stake: a, storageProvided: bytes }) + power(type, { stake: b, storageProvided: 0n });
      expect(parts <= whole + 1n).toBe(true);
    }),
  );
});
