/**
 * Exact integer arithmetic with the rounding in the name. The only file of the consensus packages that may use `/`:
 * JavaScript's bigint `/` truncates toward zero, which is the wrong rounding for negative operands in most rules.
 */

/** ⌊a / b⌋, rounding toward −∞. `b` must not be zero. */
export const floorDiv = (a: bigint, b: bigint): bigint => {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
};

/** ⌈a / b⌉, rounding toward +∞. `b` must not be zero. */
export const ceilDiv = (a: bigint, b: bigint): bigint => -floorDiv(-a, b);

/** a / b rounded toward zero, as a rule that asks for truncation by name wants it. `b` must not be zero. */
export const truncDiv = (a: bigint, b: bigint): bigint => a / b;

/** ⌊a · b / c⌋ without intermediate rounding. `c` must not be zero. */
export const mulDivFloor = (a: bigint, b: bigint, c: bigint): bigint => floorDiv(a * b, c);

/** ⌈a · b / c⌉ without intermediate rounding. `c` must not be zero. */
export const mulDivCeil = (a: bigint, b: bigint, c: bigint): bigint => ceilDiv(a * b, c);

/** ⌊a / b⌋ of safe integers (counts and indices, never amounts). `b` must not be zero. */
export const floorDivCount = (a: number, b: number): number => Math.floor(a / b);

/** ⌈a / b⌉ of safe integers (counts and indices, never amounts). `b` must not be zero. */
export const ceilDivCount = (a: number, b: number): number => Math.ceil(a / b);

/** The nearest value to `x` inside [low, high]. */
export const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x);

/** The smaller of two. */
export const minBigint = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The larger of two. */
export const maxBigint = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Largest value of an unsigned 64-bit integer. */
export const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** a + b, or `undefined` beyond 2⁶⁴ − 1: sums of amounts are checked, never wrapped (decisions.md §1). */
export const checkedAddU64 = (a: bigint, b: bigint): bigint | undefined => {
  const sum = a + b;
  return sum > U64_MAX ? undefined : sum;
};

/** a − b, or `undefined` below zero. */
export const checkedSubU64 = (a: bigint, b: bigint): bigint | undefined => (b > a ? undefined : a - b);
