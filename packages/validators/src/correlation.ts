import { isBlocking } from '@zhtp/bft';
import { maxBigint, minBigint, mulDivCeil } from '@zhtp/types';
import { PPM } from './slash-consequences.ts';

/** A convicted double sign, as its height saw it. */
export interface Infraction {
  /** Power of the convict in the frozen set of that height. */
  readonly power: bigint;
  /** Total power of that set. */
  readonly totalPower: bigint;
  /** Block time of that height, unix seconds. */
  readonly atSeconds: bigint;
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** Whether two infractions lie within one unbonding period of each other. */
export const isCorrelated = (
  a: Pick<Infraction, 'atSeconds'>,
  b: Pick<Infraction, 'atSeconds'>,
  unbondingSeconds: bigint,
): boolean => distance(a.atSeconds, b.atSeconds) <= unbondingSeconds;

/** Convicts near a moment: how many, and their power together. */
export interface ConvictsNear {
  readonly count: number;
  readonly power: bigint;
}

/**
 * Answers for any moment, in unix seconds, which of these infractions lie within one unbonding period of it. Sorts them once,
 * so that asking for each of many convicts does not cost the square of their number.
 */
export const convictsNear = (
  infractions: Iterable<Pick<Infraction, 'atSeconds' | 'power'>>,
  unbondingSeconds: bigint,
): ((atSeconds: bigint) => ConvictsNear) => {
  const inTime = [...infractions].toSorted((a, b) => (a.atSeconds < b.atSeconds ? -1 : 1));
  const powerOfFirst: bigint[] = [0n];
  let together = 0n;
  for (const { power } of inTime) powerOfFirst.push((together += power));
  const countBefore = (seconds: bigint): number => {
    let [low, high] = [0, inTime.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((inTime[middle]?.atSeconds ?? seconds) < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (atSeconds) => {
    const [from, to] = [countBefore(atSeconds - unbondingSeconds), countBefore(atSeconds + unbondingSeconds + 1n)];
    return { count: to - from, power: (powerOfFirst[to] ?? 0n) - (powerOfFirst[from] ?? 0n) };
  };
};

/**
 * Parts per million to slash for a double sign (economics.md, Correlation): max(least, min(10⁶, ⌈3·10⁶·S/P⌉)). S is the
 * power of the other correlated convicts, plus the convict's own when there are others or when it alone holds a third.
 * A lone mistake of a small validator costs the least; a coordinated third loses everything.
 * @param others convicts near it, itself not among them
 */
export const fractionAmong = (
  leastPpm: bigint,
  { power, totalPower }: Pick<Infraction, 'power' | 'totalPower'>,
  others: ConvictsNear,
): bigint => {
  const counts = others.count > 0 || isBlocking(power, totalPower);
  const together = others.power + (counts ? power : 0n);
  if (together === 0n || totalPower === 0n) return leastPpm;
  return maxBigint(leastPpm, minBigint(PPM, mulDivCeil(3n * PPM, together, totalPower)));
};

/** {@link fractionAmong} all other convicts, near or not. */
export const correlatedFraction = (
  leastPpm: bigint,
  convict: Infraction,
  others: readonly Infraction[],
  unbondingSeconds: bigint,
): bigint => fractionAmong(leastPpm, convict, convictsNear(others, unbondingSeconds)(convict.atSeconds));
