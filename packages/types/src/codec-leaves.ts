import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { U64_MAX } from './arithmetic.ts';
import { mapped, type ByteCoder, type ByteReader, type ByteWriter } from './byte-coder.ts';
import { isHex32, type Hash, type IdentityId } from './brand.ts';
import { found, leaf, type Codec } from './codec-core.ts';
import { bytesToHex, hexToBytes } from './hex.ts';
import { internedHex32, putInternedHex32 } from './interned-hex.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** A number of fixed width, judged by `is` on its way in and out. */
const number = <N>(
  size: number,
  check: (n: N) => void,
  set: (view: DataView, at: number, n: N) => void,
  get: (view: DataView, at: number) => N,
): ByteCoder<N> => ({
  size,
  write: (writer: ByteWriter, n: N) => {
    check(n);
    const at = writer.room(size);
    set(writer.view, at, n);
  },
  read: (reader: ByteReader) => {
    const n = get(reader.view, reader.take(size));
    check(n);
    return n;
  },
});

const unsigned = (
  name: string,
  max: number,
  size: number,
  set: (view: DataView, at: number, n: number) => void,
  get: (view: DataView, at: number) => number,
): Codec<number> => {
  const is = (u: unknown): u is number =>
    typeof u === 'number' && Number.isInteger(u) && u >= 0 && u <= max && !Object.is(u, -0);
  const expected = `expected a whole number from 0 to ${String(max)}`;
  return leaf(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(`${expected}, got ${found(u)}`)),
    (n) => n,
    number(
      size,
      (n) => {
        if (!is(n)) throw new Error(`${expected}, got ${found(n)}`);
      },
      set,
      get,
    ),
  );
};

/** A whole number of 8 bits: one byte; a number in JSON. */
export const u8: Codec<number> = unsigned(
  'u8',
  0xff,
  1,
  (view, at, n) => view.setUint8(at, n),
  (view, at) => view.getUint8(at),
);

/** A whole number of 16 bits, big-endian; a number in JSON. */
export const u16: Codec<number> = unsigned(
  'u16',
  0xffff,
  2,
  (view, at, n) => view.setUint16(at, n),
  (view, at) => view.getUint16(at),
);

/** A whole number of 32 bits, big-endian; a number in JSON. */
export const u32: Codec<number> = unsigned(
  'u32',
  0xffff_ffff,
  4,
  (view, at, n) => view.setUint32(at, n),
  (view, at) => view.getUint32(at),
);

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
  number<bigint>(
    8,
    (n) => {
      if (!isU64(n)) throw new Error(`invalid value: expected a bigint from 0 to ${String(U64_MAX)}, got ${found(n)}`);
    },
    (view, at, n) => view.setBigUint64(at, n),
    (view, at) => view.getBigUint64(at),
  ),
);

const I64_MAX = (1n << 63n) - 1n;
const I64_MIN = -(1n << 63n);

const isI64 = (u: unknown): u is bigint => typeof u === 'bigint' && u >= I64_MIN && u <= I64_MAX;

/** Proposer priorities: bigint from −2⁶³ to 2⁶³ − 1, two's complement; a decimal string in JSON. */
export const i64: Codec<bigint> = leaf(
  'i64',
  isI64,
  (u) => {
    const value = typeof u === 'string' && /^(0|-?[1-9][0-9]{0,18})$/.test(u) ? BigInt(u) : undefined;
    return isI64(value)
      ? E.right(value)
      : E.left(`expected a decimal string from ${String(I64_MIN)} to ${String(I64_MAX)}, got ${found(u)}`);
  },
  (n) => n.toString(),
  number<bigint>(
    8,
    (n) => {
      if (!isI64(n))
        throw new Error(`expected a bigint from ${String(I64_MIN)} to ${String(I64_MAX)}, got ${found(n)}`);
    },
    (view, at, n) => view.setBigInt64(at, n),
    (view, at) => view.getBigInt64(at),
  ),
);

const isFinite64 = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u) && !Object.is(u, -0);

/** A finite IEEE double, bit for bit, without −0; only where the documented surface shows one (decisions.md §1). */
export const f64: Codec<number> = leaf(
  'f64',
  isFinite64,
  (u) => (isFinite64(u) ? E.right(u) : E.left(`expected a finite number, got ${found(u)}`)),
  (n) => n,
  number<number>(
    8,
    (n) => {
      if (!isFinite64(n)) throw new Error(`expected a finite number, got ${found(n)}`);
    },
    (view, at, n) => view.setFloat64(at, n),
    (view, at) => view.getFloat64(at),
  ),
);

/** One byte, 0 or 1. */
export const flag: ByteCoder<boolean> = {
  size: 1,
  write: (writer, value) => {
    if (typeof value !== 'boolean') throw new Error(`bool: invalid value ${found(value)}`);
    const at = writer.room(1);
    writer.bytes[at] = value ? 1 : 0;
  },
  read: (reader) => {
    const byte = reader.bytes[reader.take(1)];
    if (byte !== 0 && byte !== 1) throw new Error(`bool: invalid value ${String(byte)}`);
    return byte === 1;
  },
};

/** One byte, 0 or 1; true or false in JSON. */
export const boolean: Codec<boolean> = leaf(
  'boolean',
  (u): u is boolean => typeof u === 'boolean',
  (u) => (typeof u === 'boolean' ? E.right(u) : E.left(`expected true or false, got ${found(u)}`)),
  (b) => b,
  flag,
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
    {
      size: 32,
      write: (writer, hex) => {
        const at = writer.room(32);
        if (typeof hex !== 'string' || hex.length !== 64 || !putInternedHex32(writer.bytes, writer.view, at, hex))
          throw new Error(wrong(hex));
      },
      read: (reader) => internedHex32(reader.bytes, reader.take(32)) as A,
    },
  );
};

/** 32 bytes; 64 lowercase hex digits in JSON. */
export const hashCodec: Codec<Hash> = hex32<Hash>('Hash');
export const identityCodec: Codec<IdentityId> = hex32<IdentityId>('IdentityId');

/** A u32 length or count that is judged before anything is read or allocated for it. */
export const boundedLength = (what: string, max: number): ByteCoder<number> => {
  const check = (length: number): void => {
    if (length > max) throw new Error(`${what} of length ${String(length)} is over the limit of ${String(max)}`);
  };
  return number(
    4,
    check,
    (view, at, length) => view.setUint32(at, length),
    (view, at) => view.getUint32(at),
  );
};

/** Bytes with their length in front. */
const boundedBytes = (
  what: string,
  max: number,
  bytesAt: (reader: ByteReader, at: number, count: number) => Uint8Array,
): ByteCoder<Uint8Array> => {
  const length = boundedLength(what, max);
  return {
    size: undefined,
    write: (writer, raw) => {
      if (!(raw instanceof Uint8Array)) throw new Error(`bytes: invalid value ${found(raw)}`);
      length.write(writer, raw.length);
      const at = writer.room(raw.length);
      writer.bytes.set(raw, at);
    },
    read: (reader) => {
      const count = length.read(reader);
      return bytesAt(reader, reader.take(count), count);
    },
  };
};

/** Copied unless the input is lent, so that a value neither changes with it nor keeps a frame alive. */
const ownBytesAt = (reader: ByteReader, at: number, count: number): Uint8Array => reader.bytesAt(at, count);

const viewAt = ({ bytes: all }: ByteReader, at: number, count: number): Uint8Array => all.subarray(at, at + count);

const bytesReadAs = (max: number, bytesAt: typeof viewAt): Codec<Uint8Array> => {
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
    boundedBytes('bytes', max, bytesAt),
  );
};

/** Bytes of at most `max`, with a u32 length in front; lowercase hex in JSON. */
export const bytes = (max: number): Codec<Uint8Array> => bytesReadAs(max, ownBytesAt);

/**
 * As {@link bytes}, but a decoded value is always a view of what it was decoded from: for long bytes that are looked at and
 * then let go, such as signatures, from input that nobody writes to again.
 */
export const lentBytes = (max: number): Codec<Uint8Array> => bytesReadAs(max, viewAt);

/** Text no longer than this is remembered by its codec: names and memos come again and again. */
const KNOWN_CHARACTERS_MAX = 64;

const standsAt = (bytes: Uint8Array, at: number, count: number, ascii: string): boolean => {
  if (count !== ascii.length) return false;
  for (let i = 0; i < count; i++) if (bytes[at + i] !== ascii.charCodeAt(i)) return false;
  return true;
};

/** Text of at most `max` UTF-8 bytes, well formed. */
export const text = (max: number): Codec<string> => {
  const read = (u: unknown): Either<string, string> => {
    if (typeof u !== 'string' || !u.isWellFormed()) return E.left(`expected well-formed text, got ${found(u)}`);
    return u.length <= max && encodeUtf8(u).length <= max
      ? E.right(u)
      : E.left(`text is over the limit of ${String(max)} bytes`);
  };
  const written = boundedBytes('text', max, ownBytesAt);
  const length = boundedLength('text', max);
  /** The text that was read last, if each of its characters is one byte. */
  let known = '';
  return leaf(
    `text(${String(max)})`,
    (u): u is string => E.isRight(read(u)),
    read,
    (s) => s,
    {
      size: undefined,
      read: (reader) => {
        const count = length.read(reader);
        const at = reader.take(count);
        if (standsAt(reader.bytes, at, count, known)) return known;
        const decoded = decodeUtf8(viewAt(reader, at, count));
        if (decoded.length === count && count <= KNOWN_CHARACTERS_MAX) known = decoded;
        return decoded;
      },
      write: (writer, s) => {
        if (typeof s !== 'string' || !s.isWellFormed()) throw new Error(`expected well-formed text, got ${found(s)}`);
        const raw = s.length > max ? undefined : encodeUtf8(s);
        if (raw === undefined || raw.length > max) throw new Error(`text is over the limit of ${String(max)} bytes`);
        written.write(writer, raw);
      },
    },
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
    mapped(
      u8.bytes,
      (code) => {
        const n = byCode.get(code);
        if (n === undefined) throw new Error(`${name} has no code ${String(code)}`);
        return n;
      },
      (n) => {
        if (!is(n)) throw new Error(`${expected}, got ${found(n)}`);
        return codes[n];
      },
    ),
  );
};
