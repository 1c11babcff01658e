import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import * as P from 'micro-packed';
import { bytesToHex, hexToBytes, isHex32, type Hash, type IdentityId } from './brand.ts';
import { U64_MAX } from './arithmetic.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** What a JSON codec reads and writes: 64-bit integers are decimal strings, bytes lowercase hex, none is null. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One declaration of a message: its TypeScript type, its JSON form and its canonical bytes.
 * Both directions are strict: a value has exactly one encoding and every other one is refused.
 */
export interface Codec<A> {
  readonly name: string;
  readonly json: t.Type<A, Json>;
  readonly bytes: P.CoderType<A>;
}

/** The TypeScript type a codec declares. */
export type TypeOf<C> = C extends Codec<infer A> ? A : never;

/** Why bytes or JSON were refused: which message, where in it, and what was found. */
export interface DecodeError {
  readonly _tag: 'DecodeError';
  readonly codec: string;
  readonly message: string;
}

const decodeError = (codec: string, message: string): DecodeError => ({ _tag: 'DecodeError', codec, message });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Canonical bytes of a value. Throws on a value outside its type: encoding our own values is an invariant. */
export const encode =
  <A>(codec: Codec<A>) =>
  (value: A): Uint8Array =>
    codec.bytes.encode(value);

/** Reads canonical bytes; trailing bytes, unknown tags and lengths out of range are refused. Never throws. */
export const decode =
  <A>(codec: Codec<A>) =>
  (bytes: Uint8Array): Either<DecodeError, A> => {
    try {
      return E.right(codec.bytes.decode(bytes));
    } catch (cause) {
      return E.left(decodeError(codec.name, `${codec.name}: ${messageOf(cause)}`));
    }
  };

/** The JSON form of a value. */
export const toJson =
  <A>(codec: Codec<A>) =>
  (value: A): Json =>
    codec.json.encode(value);

/** Reads the JSON form; unknown fields are refused, messages name the path. Never throws. */
export const fromJson =
  <A>(codec: Codec<A>) =>
  (value: unknown): Either<DecodeError, A> => {
    const read = codec.json.decode(value);
    return E.isRight(read) ? read : E.left(decodeError(codec.name, describeErrors(codec.name, read.left)));
  };

const describeErrors = (name: string, errors: t.Errors): string => {
  const first = errors[errors.length - 1];
  if (first === undefined) return `${name}: refused`;
  const path = first.context
    .map((entry) => entry.key)
    .filter((key) => key !== '')
    .join('.');
  return `${name}${path === '' ? '' : `.${path}`}: ${first.message ?? 'refused'}`;
};

/** A leaf: a type guard for the value, its JSON form and its coder. */
export const leaf = <A>(
  name: string,
  is: (u: unknown) => u is A,
  read: (json: unknown) => Either<string, A>,
  write: (a: A) => Json,
  bytes: P.CoderType<A>,
): Codec<A> => ({
  name,
  json: new t.Type<A, Json>(
    name,
    is,
    (u, c) => {
      const result = read(u);
      return E.isRight(result) ? result : t.failure(u, c, result.left);
    },
    write,
  ),
  bytes,
});

const found = (u: unknown): string => (typeof u === 'string' ? `"${u.slice(0, 40)}"` : typeof u === 'object' ? (u === null ? 'null' : 'an object') : String(u));

const unsigned = (name: string, max: number, coder: P.CoderType<number>): Codec<number> => {
  const is = (u: unknown): u is number => typeof u === 'number' && Number.isInteger(u) && u >= 0 && u <= max && !Object.is(u, -0);
  return leaf(name, is, (u) => (is(u) ? E.right(u) : E.left(`expected a whole number from 0 to ${String(max)}, got ${found(u)}`)), (n) => n, coder);
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
    return isU64(value) ? E.right(value) : E.left(`expected a decimal string from 0 to ${String(U64_MAX)}, got ${found(u)}`);
  },
  (n) => n.toString(),
  P.U64BE,
);

/** A finite IEEE double, bit for bit; only where the documented surface shows one (decisions.md §1). */
export const f64: Codec<number> = (() => {
  const is = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u) && !Object.is(u, -0);
  return leaf('f64', is, (u) => (is(u) ? E.right(u) : E.left(`expected a finite number, got ${found(u)}`)), (n) => n, P.validate(P.F64BE, (n) => {
    if (!is(n)) throw new Error(`expected a finite number, got ${String(n)}`);
    return n;
  }));
})();

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
  return leaf<A>(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(`expected 64 lowercase hex characters, got ${found(u)}`)),
    (h) => h,
    P.apply(P.bytes(32), {
      encode: (raw) => bytesToHex(raw) as A,
      decode: (hex) => {
        if (!is(hex)) throw new Error(`expected 64 lowercase hex characters, got ${found(hex)}`);
        return bytesOfHex(hex);
      },
    }),
  );
};

const bytesOfHex = (hex: string): Uint8Array => {
  const raw = hexToBytes(hex);
  if (E.isLeft(raw)) throw new Error(raw.left);
  return raw.right;
};

export const hashCodec: Codec<Hash> = hex32<Hash>('Hash');
export const identityCodec: Codec<IdentityId> = hex32<IdentityId>('IdentityId');

const boundedLength = (what: string, max: number): P.CoderType<number> =>
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
      if (u.length > 2 * max) return E.left(`bytes are over the limit of ${String(max)}`);
      return hexToBytes(u);
    },
    bytesToHex,
    P.bytes(boundedLength('bytes', max)),
  );
};

/** Text of at most `max` UTF-8 bytes, well formed. */
export const text = (max: number): Codec<string> => {
  const read = (u: unknown): Either<string, string> => {
    if (typeof u !== 'string' || !u.isWellFormed()) return E.left(`expected well-formed text, got ${found(u)}`);
    return encodeUtf8(u).length <= max ? E.right(u) : E.left(`text is over the limit of ${String(max)} bytes`);
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

/** An fp-ts Option: one byte 0 or 1 in front; null in JSON. `inner` must not itself encode to null. */
export const option = <A>(inner: Codec<A>): Codec<Option<A>> => {
  const name = `option(${inner.name})`;
  return {
    name,
    json: new t.Type<Option<A>, Json>(
      name,
      (u): u is Option<A> => isOption(u) && (O.isNone(u) || inner.json.is(u.value)),
      (u, c) => {
        if (u === null) return E.right(O.none);
        const value = inner.json.validate(u, c);
        return E.isRight(value) ? E.right(O.some(value.right)) : value;
      },
      (a) => (O.isNone(a) ? null : inner.json.encode(a.value)),
    ),
    bytes: P.apply(P.optional(P.bool, P.apply(inner.bytes, { encode: (value) => ({ value }), decode: (box) => box.value })), {
      encode: (box) => (box === undefined ? O.none : O.some(box.value)),
      decode: (o) => (O.isNone(o) ? undefined : { value: o.value }),
    }),
  };
};

const isOption = (u: unknown): u is Option<unknown> =>
  typeof u === 'object' && u !== null && '_tag' in u && (u._tag === 'None' || (u._tag === 'Some' && 'value' in u));

/** A list of at most `max` elements, with a u32 count in front. */
export const array = <A>(inner: Codec<A>, max: number): Codec<readonly A[]> => {
  const name = `array(${inner.name})`;
  const over = `a list over the limit of ${String(max)} elements`;
  return {
    name,
    json: new t.Type<readonly A[], Json>(
      name,
      (u): u is readonly A[] => Array.isArray(u) && u.length <= max && u.every((x) => inner.json.is(x)),
      (u, c) => {
        if (!Array.isArray(u)) return t.failure(u, c, `expected a list, got ${found(u)}`);
        if (u.length > max) return t.failure(u, c, over);
        const out: A[] = [];
        for (const [i, x] of u.entries()) {
          const element = inner.json.validate(x, t.appendContext(c, String(i), inner.json, x));
          if (E.isLeft(element)) return element;
          out.push(element.right);
        }
        return E.right(out);
      },
      (a) => a.map((x) => inner.json.encode(x)),
    ),
    bytes: P.apply(P.array(boundedLength('a list', max), inner.bytes), {
      encode: (list): readonly A[] => list,
      decode: (list) => [...list],
    }),
  };
};

/** Names on the documented surface, one-byte codes on the wire. */
export const literals = <Name extends string>(name: string, codes: Readonly<Record<Name, number>>): Codec<Name> => {
  const names = Object.keys(codes);
  const byCode = new Map<number, Name>(names.map((n) => [codes[n as Name], n as Name]));
  const is = (u: unknown): u is Name => typeof u === 'string' && Object.hasOwn(codes, u);
  return leaf(
    name,
    is,
    (u) => (is(u) ? E.right(u) : E.left(`expected one of ${names.join(', ')}, got ${found(u)}`)),
    (n) => n,
    P.apply(P.U8, {
      encode: (code) => {
        const n = byCode.get(code);
        if (n === undefined) throw new Error(`${name} has no code ${String(code)}`);
        return n;
      },
      decode: (n) => codes[n],
    }),
  );
};

type Fields = Readonly<Record<string, Codec<unknown>>>;
type FieldsOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> };
/** Any record of codecs: `Codec` is invariant, so the element type is erased here and recovered by {@link TypeOf}. */
// eslint-disable-next-line typescript/no-explicit-any -- the one place where an invariant type parameter must be erased
type AnyFields = Readonly<Record<string, Codec<any>>>;

/** A record: fields in declared order on the wire, exactly these keys in JSON. */
export const struct = <F extends AnyFields>(name: string, fields: F): Codec<FieldsOf<F>> => {
  const entries = Object.entries(fields as unknown as Fields);
  const isRecord = (u: unknown): u is Record<string, unknown> => typeof u === 'object' && u !== null && !Array.isArray(u);
  return {
    name,
    json: new t.Type<FieldsOf<F>, Json>(
      name,
      (u): u is FieldsOf<F> => isRecord(u) && entries.every(([key, c]) => c.json.is(u[key])),
      (u, c) => {
        if (!isRecord(u)) return t.failure(u, c, `expected an object with ${Object.keys(fields).join(', ')}, got ${found(u)}`);
        const unknown = Object.keys(u).find((key) => !Object.hasOwn(fields, key));
        if (unknown !== undefined) return t.failure(u, c, `unknown field "${unknown}"`);
        const out: Record<string, unknown> = {};
        for (const [key, codec] of entries) {
          if (!Object.hasOwn(u, key)) return t.failure(u, t.appendContext(c, key, codec.json), 'missing');
          const field = codec.json.validate(u[key], t.appendContext(c, key, codec.json, u[key]));
          if (E.isLeft(field)) return field;
          out[key] = field.right;
        }
        return E.right(out as FieldsOf<F>);
      },
      (a) => Object.fromEntries(entries.map(([key, codec]) => [key, codec.json.encode((a as Record<string, unknown>)[key])])),
    ),
    bytes: P.struct(Object.fromEntries(entries.map(([key, c]) => [key, c.bytes]))) as unknown as P.CoderType<FieldsOf<F>>,
  };
};

type Variants = Readonly<Record<string, readonly [code: number, body: AnyFields]>>;
type UnionOf<V extends Variants> = { [K in keyof V & string]: { readonly _tag: K } & FieldsOf<V[K][1]> }[keyof V & string];

/** A tagged union on `_tag`: a one-byte code and the variant's fields on the wire. */
export const union = <V extends Variants>(name: string, variants: V): Codec<UnionOf<V>> => {
  const bodies = new Map(Object.entries(variants).map(([tag, [code, fields]]) => [tag, { code, body: struct(`${name}.${tag}`, fields) }]));
  const bodyOf = (u: unknown) => (typeof u === 'object' && u !== null && '_tag' in u && typeof u._tag === 'string' ? bodies.get(u._tag) : undefined);
  const coder = P.mappedTag(
    P.U8,
    Object.fromEntries([...bodies].map(([tag, { code, body }]) => [tag, [code, body.bytes]])),
  ) as unknown as P.CoderType<{ TAG: string; data: object }>;
  return {
    name,
    json: new t.Type<UnionOf<V>, Json>(
      name,
      (u): u is UnionOf<V> => bodyOf(u)?.body.json.is(u) ?? false,
      (u, c) => {
        const variant = bodyOf(u);
        if (variant === undefined || typeof u !== 'object' || u === null || !('_tag' in u))
          return t.failure(u, c, `expected _tag to be one of ${[...bodies.keys()].join(', ')}`);
        const { _tag, ...rest } = u;
        const body = variant.body.json.validate(rest, c);
        return E.isRight(body) ? E.right({ _tag, ...body.right } as unknown as UnionOf<V>) : body;
      },
      (a) => {
        const variant = bodyOf(a);
        return { _tag: a._tag, ...(variant?.body.json.encode(a as never) as { readonly [key: string]: Json }) };
      },
    ),
    bytes: P.apply(coder, {
      encode: ({ TAG, data }) => ({ _tag: TAG, ...data }) as unknown as UnionOf<V>,
      decode: (value) => ({ TAG: value._tag, data: value }),
    }),
  };
};

/** The same encoding, fewer values: `check` answers undefined, or what is wrong. Applies to JSON and bytes alike. */
export const refine = <A>(inner: Codec<A>, name: string, check: (a: A) => string | undefined): Codec<A> => ({
  name,
  json: new t.Type<A, Json>(
    name,
    (u): u is A => inner.json.is(u) && check(u) === undefined,
    (u, c) => {
      const value = inner.json.validate(u, c);
      if (E.isLeft(value)) return value;
      const wrong = check(value.right);
      return wrong === undefined ? value : t.failure(u, c, wrong);
    },
    inner.json.encode,
  ),
  bytes: P.validate(inner.bytes, (value) => {
    const wrong = check(value);
    if (wrong !== undefined) throw new Error(wrong);
    return value;
  }),
});

/** The same encoding under a branded or otherwise narrowed type. */
export const named = <A>(name: string, inner: Codec<A>): Codec<A> => ({ ...inner, name });
