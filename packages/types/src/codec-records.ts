import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import * as P from 'micro-packed';
import { found, quoted, type Codec, type Json, type TypeOf } from './codec-core.ts';

type Fields = Readonly<Record<string, Codec<unknown>>>;
type FieldsOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> };
/** Any record of codecs: `Codec` is invariant, so the element type is erased here and recovered by {@link TypeOf}. */
// eslint-disable-next-line typescript/no-explicit-any -- the one place where an invariant type parameter must be erased
type AnyFields = Readonly<Record<string, Codec<any>>>;

/** A record: fields in declared order on the wire, exactly these keys in JSON. */
export const struct = <F extends AnyFields>(name: string, fields: F): Codec<FieldsOf<F>> => {
  const entries = Object.entries(fields as unknown as Fields);
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
    bytes: P.struct(Object.fromEntries(entries.map(([key, c]) => [key, c.bytes]))) as unknown as P.CoderType<
      FieldsOf<F>
    >,
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
    bytes: P.apply(coder, {
      encode: ({ TAG, data }) => ({ _tag: TAG, ...data }) as unknown as UnionOf<V>,
      decode: (value) => {
        if (bodyOf(value) === undefined) throw new Error(unknownTag(value));
        return { TAG: value._tag, data: value };
      },
    }),
  };
};
