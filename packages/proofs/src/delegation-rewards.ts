import { floorDiv, type IdentityId, type StakeProof } from '@zhtp/types';
import { totalStakeOf } from './stake-rules.ts';

/** One delegator and its amount in micro-ZHTP. */
export type DelegatorReward = readonly [delegator: IdentityId, amount: bigint];

const BASIS_POINTS = 10_000n;

/**
 * ⌊R · amountᵢ · (10 000 − cᵢ) / (total · 10 000)⌋ for each delegation in its order, rounded once (economics.md, Proofs).
 * The rest of R is the validator's: its own share, its commissions and every remainder.
 */
export const delegationRewards = (proof: StakeProof, totalRewards: bigint): readonly DelegatorReward[] => {
  const total = totalStakeOf(proof);
  return proof.delegations.map(({ delegator, amount, commissionRate }) => [
    delegator,
    floorDiv(totalRewards * amount * (BASIS_POINTS - BigInt(commissionRate)), total * BASIS_POINTS),
  ]);
};
