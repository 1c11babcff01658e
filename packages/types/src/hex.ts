import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** How bytes become lowercase hex and back. `parse` is given an even number of lowercase hex digits, never anything else. */
export interface HexMethod {
  readonly format: (bytes: Uint8Array) => string;
  readonly parse: (digits: string) => Uint8Array;
}

const HEX_DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** No digit: it has a bit that no digit has. */
const NO_DIGIT = 0x10;

/** The value of each lowercase hex digit, by its character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code < 58) return code - 48;
  return code >= 97 && code < 103 ? code - 87 : NO_DIGIT;
});

/** The value of a lowercase hex digit, or a number beyond them. */
export const digitAt = (digits: string, i: number): number => DIGITS[digits.charCodeAt(i)] ?? NO_DIGIT;

/** Writes the bytes of an even number of digits at `at`; false when one of them is no lowercase hex digit. */
export const putHex = (target: Uint8Array, at: number, digits: string): boolean => {
  let seen = 0;
  for (let i = 0; i < digits.length; i += 2) {
    const high = digitAt(digits, i);
    const low = digitAt(digits, i + 1);
    seen |= high | low;
    target[at + (i >> 1)] = (high << 4) | low;
  }
  return (seen & NO_DIGIT) === 0;
};

/** Plain JavaScript, for runtimes without the methods below. */
export const portableHex: HexMethod = {
  format: (bytes) => {
    let hex = '';
    for (const byte of bytes) hex += HEX_DIGITS[byte] ?? '';
    return hex;
  },
  parse: (digits) => {
    const bytes = new Uint8Array(digits.length >> 1);
    putHex(bytes, 0, digits);
    return bytes;
  },
};

interface HexStatics {
  readonly fromHex?: (digits: string) => Uint8Array;
}
interface HexMethods {
  readonly toHex?: () => string;
}

/** `Uint8Array.prototype.toHex` and `Uint8Array.fromHex` (ECMAScript 2026), or undefined where the runtime lacks them. */
export const nativeHex: HexMethod | undefined = (() => {
  const toHex = (Uint8Array.prototype as HexMethods).toHex;
  const fromHex = (Uint8Array as HexStatics).fromHex;
  if (typeof toHex !== 'function' || typeof fromHex !== 'function') return undefined;
  return { format: (bytes) => toHex.call(bytes), parse: (digits) => fromHex.call(Uint8Array, digits) };
})();

const method = nativeHex ?? portableHex;

/** Up to here our own parsing beats the call into the runtime (bench/codec.bench.ts); its formatting wins at every length. */
const PORTABLE_DIGITS_MAX = 64;

/** Lowercase hex of any bytes. */
export const bytesToHex: (bytes: Uint8Array) => string = method.format;

/** {@link hexToBytes} of digits that a type or a test has already vouched for. */
export const trustedHexToBytes = (digits: string): Uint8Array =>
  (digits.length > PORTABLE_DIGITS_MAX ? method : portableHex).parse(digits);

/** Bytes of an even-length lowercase hex string, or why not. */
export const hexToBytes = (hex: string): Either<string, Uint8Array> =>
  hex.length % 2 === 0 && /^[0-9a-f]*$/.test(hex)
    ? E.right(trustedHexToBytes(hex))
    : E.left(
        `hex is an even number of lowercase hex digits, got "${hex.slice(0, 80)}" (${String(hex.length)} characters)`,
      );
