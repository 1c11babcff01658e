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

/**
 * Parts per million to slash for a double sign (economics.md, Correlation): max(least, min(10⁶, ⌈3·10⁶·S/P⌉)). S is the
 * power of the other correlated convicts, plus the convict's own when there are others or when it alone holds a third.
 * A lone mistake of a small validator costs the least; a coordinated third loses everything.
 */
export const correlatedFraction = (
  leastPpm: bigint,
  convict: Infraction,
  others: readonly Infraction[],
  unbondingSeconds: bigint,
): bigint => {
  const near = others.filter((other) => isCorrelated(convict, other, unbondingSeconds));
  const theirs = near.reduce((sum, { power }) => sum + power, 0n);
  const counts = near.length > 0 || 3n * convict.power >= convict.totalPower;
  const together = theirs + (counts ? convict.power : 0n);
  if (together === 0n || convict.totalPower === 0n) return leastPpm;
  return maxBigint(leastPpm, minBigint(PPM, mulDivCeil(3n * PPM, together, convict.totalPower)));
};
