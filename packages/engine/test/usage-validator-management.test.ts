// The API reference's "Validator Management Example", in the form decisions.md §3 gives it.
import { generateKeyPair, identityOf } from '@zhtp/crypto';
import { ConsensusEngine } from '@zhtp/engine';
import { floorDiv, GIB, MICRO_PER_ZHTP } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';

test('statistics and the Byzantine threshold of four Hybrid validators', async () => {
  const created = ConsensusEngine.create({ config: { consensusType: 'Hybrid', developmentMode: true } });
  if (E.isLeft(created)) throw new Error(created.left.message);
  const consensus = created.right;
  for (let index = 0; index < 4; index++) {
    const { algorithm, publicKey } = generateKeyPair('ML-DSA-65');
    const registered = await consensus.registerValidator({
      identity: identityOf(algorithm, publicKey),
      stake: 5_000n * MICRO_PER_ZHTP,
      storageCapacity: 100n * GIB,
      consensusKey: publicKey,
      commissionRate: 5,
      isGenesis: false,
    })();
    expect(registered).toEqual(E.right(undefined));
  }

  // Stake is micro-ZHTP: the reference prints it as ZHTP without converting.
  const stats = consensus.validatorManager().getValidatorStats();
  expect([
    `Active validators: ${String(stats.activeValidators)}`,
    `Total stake: ${String(floorDiv(stats.totalStake, MICRO_PER_ZHTP))} ZHTP`,
  ]).toEqual(['Active validators: 4', 'Total stake: 20000 ZHTP']);

  // 3 · votes > 2 · total: 13 334 is the first of 20 000 that does.
  const threshold = consensus.validatorManager().getByzantineThreshold();
  expect(`Byzantine threshold: ${String(threshold)} voting power`).toBe('Byzantine threshold: 13334 voting power');
  expect(3n * threshold > 2n * stats.totalVotingPower).toBe(true);
  expect(3n * (threshold - 1n) > 2n * stats.totalVotingPower).toBe(false);
});
