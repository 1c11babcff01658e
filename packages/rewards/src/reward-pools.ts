import { floorDiv, maxBigint, minBigint, mulDivFloor } from '@zhtp/types';
import type { RewardRules } from './reward-rules.ts';

/** What one block mints, and for what; micro-ZHTP. The pools may leave a remainder, which is the treasury's. */
export interface RewardPools {
  readonly base: bigint;
  readonly participation: bigint;
  readonly work: bigint;
  readonly minted: bigint;
}

/**
 * B, ⌊B/10⌋ and ⌊B/5⌋; their sum is minted, cut to what maxSupply leaves (economics.md, Rewards). A cut shrinks all three
 * alike, rounding down.
 */
export const poolsOf = ({ baseReward, maxSupply }: RewardRules, supply: bigint): RewardPools => {
  const base = baseReward;
  const participation = floorDiv(base, 10n);
  const work = floorDiv(base, 5n);
  const wanted = base + participation + work;
  const minted = minBigint(wanted, maxBigint(maxSupply - supply, 0n));
  if (minted === wanted) return { base, participation, work, minted };
  return {
    base: mulDivFloor(base, minted, wanted),
    participation: mulDivFloor(participation, minted, wanted),
    work: mulDivFloor(work, minted, wanted),
    minted,
  };
};
