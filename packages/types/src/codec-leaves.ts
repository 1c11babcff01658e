import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import * as P from 'micro-packed';
import { U64_MAX } from './arithmetic.ts';
import { isHex32, type Hash, type IdentityId } from './brand.ts';
import { found, leaf, type Codec } from './codec-core.ts';
import { bytesToHex, hexToBytes, trustedHexToBytes } from './hex.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const unsigned = (name: string, max: number, coder: P.CoderType<number>): Codec<number> => {
  const is = (u: unknown): u is number =>
    typeof u === 'number' && Number.isInteger(u) && u >= 0 && u <= max && !Object.is(u, -0);
  const expected = `expected a whole number from 0 to ${String(max)}`;
  return leaf(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(`${expected}, got ${found(u)}`)),
    (n) => n,
    P.validate(coder, (n) => {
      if (!is(n)) throw new Error(`${expected}, got ${found(n)}`);
      return n;
    }),
  );
};

export const u8: Codec<number> = unsigned('u8', 0xff, P.U8);
export const u16: Codec<number> = unsigned('u16', 0xffff, P.U16BE);
export const u32: Codec<number> = unsigned('u32', 0xffff_ffff, P.U32BE);

const isU64 = (u: unknown): u is bigint => typeof u === 'bigint' && u >= 0n && u <= U64_MAX;

/** Heights, amounts, powers, times: bigint from 0 to 2⁶⁴ − 1; a decimal string in JSON. */
export const u64: Codec<bigint> = leaf(
  'u64',
  isU64,
  (u) => {
    const value = typeof u === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(u) ? BigInt(u) : undefined;
    return isU64(value)
      ? E.right(value)
      : E.left(`expected a decimal string from 0 to ${String(U64_MAX)}, got ${found(u)}`);
  },
  (n) => n.toString(),
  P.U64BE,
);

const isFinite64 = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u) && !Object.is(u, -0);

/** A finite IEEE double, bit for bit, without −0; only where the documented surface shows one (decisions.md §1). */
export const f64: Codec<number> = leaf(
  'f64',
  isFinite64,
  (u) => (isFinite64(u) ? E.right(u) : E.left(`expected a finite number, got ${found(u)}`)),
  (n) => n,
  P.validate(P.F64BE, (n) => {
    if (!isFinite64(n)) throw new Error(`expected a finite number, got ${found(n)}`);
    return n;
  }),
);

export const boolean: Codec<boolean> = leaf(
  'boolean',
  (u): u is boolean => typeof u === 'boolean',
  (u) => (typeof u === 'boolean' ? E.right(u) : E.left(`expected true or false, got ${found(u)}`)),
  (b) => b,
  P.bool,
);

/** 32 bytes as a branded hex string. */
const hex32 = <A extends string>(name: string): Codec<A> => {
  const is = (u: unknown): u is A => isHex32(u);
  const wrong = (u: unknown): string => `expected 64 lowercase hex characters, got ${found(u)}`;
  return leaf<A>(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(wrong(u))),
    (h) => h,
    P.apply(P.bytes(32), {
      encode: (raw) => bytesToHex(raw) as A,
      decode: (hex) => {
        if (!is(hex)) throw new Error(wrong(hex));
        return trustedHexToBytes(hex);
      },
    }),
  );
};

export const hashCodec: Codec<Hash> = hex32<Hash>('Hash');
export const identityCodec: Codec<IdentityId> = hex32<IdentityId>('IdentityId');

/** A u32 length or count that is judged before anything is read or allocated for it. */
export const boundedLength = (what: string, max: number): P.CoderType<number> =>
  P.validate(P.U32BE, (length) => {
    if (length > max) throw new Error(`${what} of length ${String(length)} is over the limit of ${String(max)}`);
    return length;
  });

/** Bytes of at most `max`, with a u32 length in front; lowercase hex in JSON. */
export const bytes = (max: number): Codec<Uint8Array> => {
  const is = (u: unknown): u is Uint8Array => u instanceof Uint8Array && u.length <= max;
  return leaf(
    `bytes(${String(max)})`,
    is,
    (u) => {
      if (typeof u !== 'string') return E.left(`expected a hex string, got ${found(u)}`);
      if (u.length > 2 * max)
        return E.left(`bytes of length ${String(u.length >> 1)} are over the limit of ${String(max)}`);
      return hexToBytes(u);
    },
    bytesToHex,
    // The reader hands out views of its input: copied, so that a value neither changes with it nor keeps a frame alive.
    P.apply(P.bytes(boundedLength('bytes', max)), {
      encode: (view): Uint8Array => view.slice(),
      decode: (raw) => raw,
    }),
  );
};

/** Text of at most `max` UTF-8 bytes, well formed. */
export const text = (max: number): Codec<string> => {
  const read = (u: unknown): Either<string, string> => {
    if (typeof u !== 'string' || !u.isWellFormed()) return E.left(`expected well-formed text, got ${found(u)}`);
    return u.length <= max && encodeUtf8(u).length <= max
      ? E.right(u)
      : E.left(`text is over the limit of ${String(max)} bytes`);
  };
  return leaf(
    `text(${String(max)})`,
    (u): u is string => E.isRight(read(u)),
    read,
    (s) => s,
    P.apply(P.bytes(boundedLength('text', max)), {
      encode: decodeUtf8,
      decode: (s) => {
        const ok = read(s);
        if (E.isLeft(ok)) throw new Error(ok.left);
        return encodeUtf8(ok.right);
      },
    }),
  );
};

/** Names on the documented surface, one-byte codes on the wire. */
export const literals = <Name extends string>(name: string, codes: Readonly<Record<Name, number>>): Codec<Name> => {
  const names = Object.keys(codes) as Name[];
  const byCode = new Map<number, Name>(names.map((n) => [codes[n], n]));
  if (byCode.size !== names.length) throw new Error(`${name}: two names share a code`);
  const is = (u: unknown): u is Name => typeof u === 'string' && Object.hasOwn(codes, u);
  const expected = `expected one of ${names.join(', ')}`;
  return leaf(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(`${expected}, got ${found(u)}`)),
    (n) => n,
    P.apply(P.U8, {
      encode: (code) => {
        const n = byCode.get(code);
        if (n === undefined) throw new Error(`${name} has no code ${String(code)}`);
        return n;
      },
      decode: (n) => {
        if (!is(n)) throw new Error(`${expected}, got ${found(n)}`);
        return codes[n];
      },
    }),
  );
};
