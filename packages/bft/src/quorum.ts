import { floorDiv, floorDivCount } from '@zhtp/types';

/*
 * The only quorum arithmetic of the project (`decisions.md` § 5): two thresholds, and everything else asks them. Power is
 * a whole number, so that the quotients below are exact: formulas rounded otherwise, such as ⌈2n/3⌉ and 2f+1, admit two
 * quorums without a common correct member.
 */

/**
 * The least power that is a quorum: ⌊2P/3⌋ + 1, the documented `getByzantineThreshold()`; 3·power > 2·P holds from here
 * on and not before. Tallies compare with it, since they ask at every vote.
 */
export const byzantineThreshold = (total: bigint): bigint => floorDiv(2n * total, 3n) + 1n;

/** The least power that is more than a third: ⌊P/3⌋ + 1, where 3·power > P begins to hold. */
export const leastSkip = (total: bigint): bigint => floorDiv(total, 3n) + 1n;

/** More than two thirds of the power: any two quorums share more than a third. */
export const isQuorum = (power: bigint, total: bigint): boolean => power >= byzantineThreshold(total);

/** More than a third of the power: at least one correct validator is among them (line 55, f + 1). */
export const isSkip = (power: bigint, total: bigint): boolean => power >= leastSkip(total);

/** A third or more of the power, 3·power ≥ P: without it no quorum exists. */
export const isBlocking = (power: bigint, total: bigint): boolean => !isQuorum(total - power, total);

/** How many of n validators must be silent before the rest is no quorum: n − ⌊2n/3⌋, for the liveness monitor. */
export const stallThreshold = (validators: number): number => validators - floorDivCount(2 * validators, 3);
