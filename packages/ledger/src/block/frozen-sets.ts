import { maxBigint, minBigint, type FrozenValidator, type IdentityId } from '@zhtp/types';
import type { BlockPoint, OrderedMap, StakingRules } from '@zhtp/validators';
import { heightKey } from '../chain-domains.ts';

/** The last value at or below a height. */
const inForceAt = <V>(byHeight: OrderedMap<string, V>, height: bigint): V | undefined => {
  const limit = heightKey(height);
  let found: V | undefined;
  for (const [key, value] of byHeight.entries()) {
    if (key > limit) break;
    found = value;
  }
  return found;
};

/** The frozen set of a height, as far back as it is kept; empty before. */
export const setAt = (
  sets: OrderedMap<string, readonly FrozenValidator[]>,
  height: bigint,
): readonly FrozenValidator[] => inForceAt(sets, height) ?? [];

/** When the epoch of a height began, unix seconds: correlation looks at unbonding periods, an epoch is close enough. */
export const epochTimeAt = (epochTimes: OrderedMap<string, bigint>, height: bigint): bigint =>
  inForceAt(epochTimes, height) ?? 0n;

/**
 * The first height that evidence may still reach: refused is what is older by blocks and by time, both (economics.md, Age).
 * Blocks come faster than the block time where transactions wait, then time is the longer of the two.
 */
export const oldestLiable = (
  epochTimes: OrderedMap<string, bigint>,
  { height, atSeconds }: BlockPoint,
  { evidenceBlocks, unbondingSeconds }: Pick<StakingRules, 'evidenceBlocks' | 'unbondingSeconds'>,
): bigint => {
  let byTime = 0n;
  for (const [key, began] of epochTimes.entries()) {
    if (began + unbondingSeconds >= atSeconds) break;
    byTime = BigInt(key);
  }
  return minBigint(byTime, maxBigint(0n, height - evidenceBlocks));
};

/** Without what acted only before `height`: the entry in force there stays. */
export const withoutOlder = <V>(byHeight: OrderedMap<string, V>, height: bigint): OrderedMap<string, V> => {
  const limit = heightKey(height);
  let kept = byHeight;
  let before: string | undefined;
  for (const [key] of byHeight.entries()) {
    if (key > limit) break;
    if (before !== undefined) kept = kept.without(before);
    before = key;
  }
  return kept;
};

/** One validator's power in a set, and that of all. */
export const powerIn = (
  set: readonly FrozenValidator[],
  validator: IdentityId,
): { readonly power: bigint; readonly totalPower: bigint } => ({
  power: set.find(({ identity }) => identity === validator)?.votingPower ?? 0n,
  totalPower: set.reduce((sum, { votingPower }) => sum + votingPower, 0n),
});
