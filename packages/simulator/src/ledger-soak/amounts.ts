import { MICRO_PER_ZHTP, mulDivFloor, U64_MAX } from '@zhtp/types';
import type { SeededRandom } from '../seeded-random.ts';

const FINE = 1_000_000;

/** A part of an amount, at least 1. */
export const partOfAmount = (random: SeededRandom, whole: bigint): bigint => {
  const part = mulDivFloor(whole, BigInt(random.int(0, FINE)), BigInt(FINE));
  return part === 0n ? 1n : part;
};

/** Mostly what there is enough of; now and then the least, whole ZHTP, all of it, one too many, or the largest that is a u64. */
export const drawAmount = (random: SeededRandom, available: bigint): bigint => {
  const edges = [1n, MICRO_PER_ZHTP, 1_000n * MICRO_PER_ZHTP, available, available + 1n, U64_MAX];
  if (!random.chance(200)) return partOfAmount(random, available);
  const edge = random.pick(edges) ?? 1n;
  return edge === 0n || edge > U64_MAX ? 1n : edge;
};
