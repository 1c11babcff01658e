import { found, invalidDifficulty, u32, type DifficultyResult } from '@zhtp/types';
import { either as E } from 'fp-ts';

/** Targets and the hashes they are compared with are numbers of this many bits. */
const TARGET_BITS = 256;
/** One above the largest target. */
const TARGET_END = 1n << 256n;
/** Bytes of the mantissa; smaller sizes keep only its upper ones. */
const MANTISSA_BYTES = 3;
const MANTISSA_MASK = 0x7f_ffff;
/** The compact form is signed: this bit of the mantissa is the sign. */
const SIGN_BIT = 0x80_0000;

/** A compact value taken apart, with Bitcoin's own two flags. */
export interface CompactTarget {
  /** Magnitude; of an overflowing value the lowest 256 bits, as Bitcoin leaves them. */
  readonly target: bigint;
  /** The sign bit is set and the magnitude is not zero. */
  readonly negative: boolean;
  /** The magnitude needs more than 256 bits. */
  readonly overflow: boolean;
}

const notCompact = (bits: unknown): string =>
  `a compact difficulty is a whole number from 0 to 4294967295, got ${found(bits)}`;

/**
 * Takes a compact value apart without judging it (Bitcoin's `arith_uint256::SetCompact`).
 * InvalidDifficulty only when `bits` is no u32.
 */
export const decodeCompact = (bits: number): DifficultyResult<CompactTarget> => {
  if (!u32.json.is(bits)) return E.left(invalidDifficulty(notCompact(bits)));
  const size = bits >>> 24;
  const word = bits & MANTISSA_MASK;
  const kept = size < MANTISSA_BYTES ? word >>> (8 * (MANTISSA_BYTES - size)) : word;
  return E.right({
    target:
      size <= MANTISSA_BYTES
        ? BigInt(kept)
        : BigInt.asUintN(TARGET_BITS, BigInt(kept) << BigInt(8 * (size - MANTISSA_BYTES))),
    negative: kept !== 0 && (bits & SIGN_BIT) !== 0,
    overflow: kept !== 0 && (size > 34 || (kept > 0xff && size > 33) || (kept > 0xffff && size > 32)),
  });
};

/**
 * The target behind a compact value. InvalidDifficulty for what is no target: zero, negative, more than 256 bits
 * (economics.md, Difficulty). A value need not be canonical: Bitcoin accepts 0x1e00ffff and 0x1f0000ff as one target.
 */
export const targetFromCompact = (bits: number): DifficultyResult<bigint> => {
  const decoded = decodeCompact(bits);
  if (E.isLeft(decoded)) return decoded;
  const { target, negative, overflow } = decoded.right;
  if (negative) return E.left(invalidDifficulty('the compact difficulty is negative: clear bit 0x00800000', bits));
  if (overflow) return E.left(invalidDifficulty('the compact difficulty exceeds 256 bits: lower its first byte', bits));
  return target === 0n
    ? E.left(invalidDifficulty('the compact difficulty is a target of zero, which no hash meets', bits))
    : E.right(target);
};

/** Bytes of a target without leading zeros. */
const byteLength = (target: bigint): number => (target === 0n ? 0 : (target.toString(16).length + 1) >> 1);

/**
 * The one canonical compact form of a magnitude, rounded down to three significant bytes (Bitcoin's
 * `arith_uint256::GetCompact`). InvalidDifficulty unless 0 ≤ target < 2²⁵⁶.
 * @param negative sets the sign bit, where the mantissa is not zero
 */
export const encodeCompact = (target: bigint, negative = false): DifficultyResult<number> => {
  if (typeof target !== 'bigint' || target < 0n || target >= TARGET_END)
    return E.left(invalidDifficulty(`a target is a bigint from 0 to 2^256 - 1, got ${found(target)}`));
  const bytes = byteLength(target);
  const word =
    bytes <= MANTISSA_BYTES
      ? Number(target) << (8 * (MANTISSA_BYTES - bytes))
      : Number(target >> BigInt(8 * (bytes - MANTISSA_BYTES)));
  // A mantissa whose top bit would read as the sign moves one byte down.
  const [size, mantissa] = (word & SIGN_BIT) === 0 ? [bytes, word] : [bytes + 1, word >>> 8];
  const sign = negative && mantissa !== 0 ? SIGN_BIT : 0;
  return E.right(((size << 24) | sign | mantissa) >>> 0);
};

/** Whether a compact value is a target, written as {@link encodeCompact} writes it. */
export const isCanonicalCompact = (bits: number): boolean => {
  const target = targetFromCompact(bits);
  if (E.isLeft(target)) return false;
  const canonical = encodeCompact(target.right);
  return E.isRight(canonical) && canonical.right === bits;
};
