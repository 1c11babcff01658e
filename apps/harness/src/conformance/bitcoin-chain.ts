import { sha256 } from '@zhtp/crypto';
import { DifficultyConfig, targetFromCompact } from '@zhtp/difficulty';
import { bytesToHex, floorDiv } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';

// What a Bitcoin chain has beside difficulty, and no chain of ours: header hashes, proof of work, median time, chain work.

export const BITCOIN = DifficultyConfig.default();
export const HEADER_BYTES = 80;

/** The fields of a raw header that its rules look at. */
export interface BitcoinHeader {
  /** In the order of bytes on the wire. */
  readonly previous: string;
  /** Seconds. */
  readonly time: number;
  readonly bits: number;
  /** Double SHA-256, in the order of bytes on the wire. */
  readonly hash: string;
}

export const readHeader = (raw: Uint8Array): BitcoinHeader => {
  const view = new DataView(raw.buffer, raw.byteOffset, HEADER_BYTES);
  return {
    previous: bytesToHex(raw.subarray(4, 36)),
    time: view.getUint32(68, true),
    bits: view.getUint32(72, true),
    hash: bytesToHex(sha256(sha256(raw))),
  };
};

/** Hashes are written for people with their last byte first. */
export const reversed = (hex: string): string => (hex.match(/../g) ?? []).toReversed().join('');

/** Compact values as the vectors write them. */
export const compactHex = (bits: number): string => bits.toString(16).padStart(8, '0');

const isCompactHex = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{8}$/i.test(value);
export const compact = new t.Type<number, unknown, unknown>(
  'eight hex digits',
  (_value): _value is number => false,
  (value, context) => (isCompactHex(value) ? t.success(Number.parseInt(value, 16)) : t.failure(value, context)),
  t.identity,
);

const isHex256 = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
export const hex256 = new t.Type<bigint, unknown, unknown>(
  '64 hex digits',
  (_value): _value is bigint => false,
  (value, context) => (isHex256(value) ? t.success(BigInt(`0x${value}`)) : t.failure(value, context)),
  t.identity,
);

/** Why a hash is no proof of work for a compact target, or undefined (`CheckProofOfWork`). */
export const workProblem = (hash: bigint, bits: number, powLimit: number): string | undefined => {
  const target = targetFromCompact(bits);
  const limit = targetFromCompact(powLimit);
  if (E.isLeft(target)) return target.left.message;
  if (E.isLeft(limit)) return limit.left.message;
  if (target.right > limit.right) return `the target ${compactHex(bits)} is above the limit ${compactHex(powLimit)}`;
  return hash > target.right ? `the hash is above the target ${compactHex(bits)}` : undefined;
};

/** The header's own proof. */
export const headerProblem = ({ hash, bits }: BitcoinHeader): string | undefined =>
  workProblem(BigInt(`0x${reversed(hash)}`), bits, BITCOIN.powLimit);

/** Hashes expected until one meets the target: ⌊2²⁵⁶ / (target + 1)⌋. */
export const workOf = (target: bigint): bigint => floorDiv(1n << 256n, target + 1n);

/** Blocks whose times make the median that the next one must exceed. */
export const MEDIAN_BLOCKS = 11;

/** The upper median of up to eleven times. */
export const medianTime = (times: readonly number[]): number | undefined => {
  const last = times.slice(-MEDIAN_BLOCKS).toSorted((a, b) => a - b);
  return last[last.length >> 1];
};
