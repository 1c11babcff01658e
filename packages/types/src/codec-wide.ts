import { either as E } from 'fp-ts';
import { found, leaf, type Codec } from './codec-core.ts';
import { bytes } from './codec-leaves.ts';
import { mapped } from './byte-coder.ts';
import { bytesToHex, trustedHexToBytes } from './hex.ts';

const U128_MAX = (1n << 128n) - 1n;
const LOW_64 = (1n << 64n) - 1n;

const isU128 = (u: unknown): u is bigint => typeof u === 'bigint' && u >= 0n && u <= U128_MAX;

/** Ratios and shares, which outgrow amounts: bigint from 0 to 2¹²⁸ − 1, big-endian; a decimal string in JSON. */
export const u128: Codec<bigint> = leaf(
  'u128',
  isU128,
  (u) => {
    const value = typeof u === 'string' && /^(0|[1-9][0-9]{0,38})$/.test(u) ? BigInt(u) : undefined;
    return isU128(value) ? E.right(value) : E.left(`expected a decimal string from 0 to 2^128 - 1, got ${found(u)}`);
  },
  (n) => n.toString(),
  {
    size: 16,
    write: (writer, n) => {
      if (!isU128(n)) throw new Error(`expected a bigint from 0 to 2^128 - 1, got ${found(n)}`);
      const at = writer.room(16);
      writer.view.setBigUint64(at, n >> 64n);
      writer.view.setBigUint64(at + 8, n & LOW_64);
    },
    read: (reader) => {
      const at = reader.take(16);
      return (reader.view.getBigUint64(at) << 64n) | reader.view.getBigUint64(at + 8);
    },
  },
);

const bitsToBytes = (bits: bigint): Uint8Array => {
  if (bits === 0n) return new Uint8Array(0);
  const digits = bits.toString(16);
  return trustedHexToBytes(digits.length % 2 === 0 ? digits : `0${digits}`);
};

/**
 * Bits 0 to `max` − 1 as one bigint, bit i worth 2ⁱ: big-endian bytes without a zero in front and their count; hex digits
 * without a zero in front in JSON, `0` for none.
 */
export const bitSet = (max: number): Codec<bigint> => {
  const is = (u: unknown): u is bigint => typeof u === 'bigint' && u >= 0n && u >> BigInt(max) === 0n;
  const expected = `expected bits 0 to ${String(max - 1)} as`;
  const digitsMax = (max + 3) >> 2;
  return leaf(
    `bitSet(${String(max)})`,
    is,
    (u) => {
      const isText = typeof u === 'string' && u.length <= digitsMax && /^(0|[1-9a-f][0-9a-f]*)$/.test(u);
      const value = isText ? BigInt(`0x${u}`) : undefined;
      return is(value) ? E.right(value) : E.left(`${expected} hex digits, got ${found(u)}`);
    },
    (bits) => bits.toString(16),
    mapped(
      bytes((max + 7) >> 3).bytes,
      (raw) => {
        if (raw[0] === 0) throw new Error(`${expected} the shortest bytes, got a zero in front`);
        const value = raw.length === 0 ? 0n : BigInt(`0x${bytesToHex(raw)}`);
        if (!is(value)) throw new Error(`${expected} bytes, got a higher bit`);
        return value;
      },
      (bits) => {
        if (!is(bits)) throw new Error(`${expected} a bigint, got ${found(bits)}`);
        return bitsToBytes(bits);
      },
    ),
  );
};
