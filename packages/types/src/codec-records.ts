import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { inField, type ByteCoder, type ByteReader, type ByteWriter } from './byte-coder.ts';
import { found, quoted, type Codec, type Json, type TypeOf } from './codec-core.ts';
import { u8 } from './codec-leaves.ts';

type Fields = Readonly<Record<string, Codec<unknown>>>;
type FieldsOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> };
/** Any record of codecs: `Codec` is invariant, so the element type is erased here and recovered by {@link TypeOf}. */
// eslint-disable-next-line typescript/no-explicit-any -- the one place where an invariant type parameter must be erased
type AnyFields = Readonly<Record<string, Codec<any>>>;

type Entries = readonly (readonly [string, Codec<unknown>])[];

const writeFields = (entries: Entries, writer: ByteWriter, record: Readonly<Record<string, unknown>>): void => {
  let field = '';
  try {
    for (const [key, codec] of entries) {
      field = key;
      codec.bytes.write(writer, record[key]);
    }
  } catch (cause) {
    throw inField(field, cause);
  }
};

const readFields = (entries: Entries, reader: ByteReader, record: Record<string, unknown>): void => {
  let field = '';
  try {
    for (const [key, codec] of entries) {
      field = key;
      record[key] = codec.bytes.read(reader);
    }
  } catch (cause) {
    throw inField(field, cause);
  }
};

const sizeOf = (entries: Entries): number | undefined => {
  let sum = 0;
  for (const [, { bytes }] of entries) {
    if (bytes.size === undefined) return undefined;
    sum += bytes.size;
  }
  return sum;
};

/** A record: fields in declared order on the wire, exactly these keys in JSON. */
export const struct = <F extends AnyFields>(name: string, fields: F): Codec<FieldsOf<F>> => {
  const entries = Object.entries(fields as unknown as Fields);
  if (Object.hasOwn(fields, '__proto__')) throw new Error(`${name}: a field cannot be called __proto__`);
  const isRecord = (u: unknown): u is Record<string, unknown> =>
    typeof u === 'object' && u !== null && !Array.isArray(u);
  return {
    name,
    json: new t.Type<FieldsOf<F>, Json>(
      name,
      (u): u is FieldsOf<F> => isRecord(u) && entries.every(([key, c]) => c.json.is(u[key])),
      (u, c) => {
        if (!isRecord(u))
          return t.failure(u, c, `expected an object with ${Object.keys(fields).join(', ')}, got ${found(u)}`);
        const unknown = Object.keys(u).find((key) => !Object.hasOwn(fields, key));
        if (unknown !== undefined) return t.failure(u, c, `unknown field ${quoted(unknown)}`);
        const out: Record<string, unknown> = {};
        for (const [key, codec] of entries) {
          if (!Object.hasOwn(u, key)) return t.failure(u, t.appendContext(c, key, codec.json), 'missing');
          const field = codec.json.validate(u[key], t.appendContext(c, key, codec.json, u[key]));
          if (E.isLeft(field)) return field;
          out[key] = field.right;
        }
        return E.right(out as FieldsOf<F>);
      },
      (a) =>
        Object.fromEntries(
          entries.map(([key, codec]) => [key, codec.json.encode((a as Record<string, unknown>)[key])]),
        ),
    ),
    bytes: {
      size: sizeOf(entries),
      write: (writer, value) => {
        if (!isRecord(value)) throw new Error(`expected an object, got ${found(value)}`);
        writeFields(entries, writer, value);
      },
      read: (reader) => {
        const record: Record<string, unknown> = {};
        readFields(entries, reader, record);
        return record as FieldsOf<F>;
      },
    },
  };
};

const hasOwnTag = (u: unknown): u is { readonly _tag: unknown } =>
  typeof u === 'object' && u !== null && Object.hasOwn(u, '_tag');

type Variants = Readonly<Record<string, readonly [code: number, body: AnyFields]>>;
type UnionOf<V extends Variants> = { [K in keyof V & string]: { readonly _tag: K } & FieldsOf<V[K][1]> }[keyof V &
  string];

/** A tagged union on `_tag`: a one-byte code and the variant's fields on the wire. */
export const union = <V extends Variants>(name: string, variants: V): Codec<UnionOf<V>> => {
  const shadowed = Object.entries(variants).find(([, [, fields]]) => Object.hasOwn(fields, '_tag'));
  if (shadowed !== undefined) throw new Error(`${name}.${shadowed[0]}: a field cannot be called _tag`);
  const bodies = new Map(
    Object.entries(variants).map(([tag, [code, fields]]) => [tag, { code, body: struct(`${name}.${tag}`, fields) }]),
  );
  const unknownTag = (u: unknown): string =>
    `expected an object whose _tag is one of ${[...bodies.keys()].join(', ')}, got ${found(hasOwnTag(u) ? u._tag : u)}`;
  const bodyOf = (u: unknown) => (hasOwnTag(u) && typeof u._tag === 'string' ? bodies.get(u._tag) : undefined);
  const variantOf = new Map(
    Object.entries(variants).map(([tag, [code, fields]]) => [tag, { code, entries: Object.entries(fields as Fields) }]),
  );
  const tagOf = new Map([...variantOf].map(([tag, { code, entries }]) => [code, { tag, entries }]));
  if (tagOf.size !== variantOf.size) throw new Error(`${name}: duplicate code of a variant`);
  const coder: ByteCoder<UnionOf<V>> = {
    size: undefined,
    write: (writer, value) => {
      const variant = hasOwnTag(value) && typeof value._tag === 'string' ? variantOf.get(value._tag) : undefined;
      if (variant === undefined) throw new Error(unknownTag(value));
      u8.bytes.write(writer, variant.code);
      writeFields(variant.entries, writer, value);
    },
    read: (reader) => {
      const code = u8.bytes.read(reader);
      const variant = tagOf.get(code);
      if (variant === undefined) throw new Error(`Tag: invalid tag ${String(code)}`);
      const record: Record<string, unknown> = { _tag: variant.tag };
      readFields(variant.entries, reader, record);
      return record as UnionOf<V>;
    },
  };
  return {
    name,
    json: new t.Type<UnionOf<V>, Json>(
      name,
      (u): u is UnionOf<V> => bodyOf(u)?.body.json.is(u) ?? false,
      (u, c) => {
        const variant = bodyOf(u);
        if (variant === undefined || !hasOwnTag(u)) return t.failure(u, c, unknownTag(u));
        const { _tag, ...rest } = u;
        const body = variant.body.json.validate(rest, c);
        return E.isRight(body) ? E.right({ _tag, ...body.right } as unknown as UnionOf<V>) : body;
      },
      (a) => {
        const variant = bodyOf(a);
        return { _tag: a._tag, ...(variant?.body.json.encode(a as never) as { readonly [key: string]: Json }) };
      },
    ),
    bytes: coder,
  };
};
