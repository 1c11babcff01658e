import { either as E, option as O } from 'fp-ts';
import * as t from 'io-ts';
import { mapped } from './byte-coder.ts';
import { option } from './codec-composites.ts';
import { found, type Codec, type Json, type TypeOf } from './codec-core.ts';
import { struct } from './codec-records.ts';

/** Either a value or undefined: encoded as an {@link option}, one byte in front, null in JSON. */
export const orUndefined = <A>(inner: Codec<A>): Codec<A | undefined> => {
  const either = option(inner);
  return {
    name: `${inner.name} or undefined`,
    json: new t.Type<A | undefined, Json>(
      `${inner.name} or undefined`,
      (u): u is A | undefined => u === undefined || inner.json.is(u),
      (u, c) => (u === null ? E.right(undefined) : inner.json.validate(u, c)),
      (a) => (a === undefined ? null : inner.json.encode(a)),
    ),
    bytes: mapped(either.bytes, O.toUndefined, (a) => (a === undefined ? O.none : O.some(a))),
  };
};

// eslint-disable-next-line typescript/no-explicit-any -- `Codec` is invariant; the element type is recovered by TypeOf
type AnyFields = Readonly<Record<string, Codec<any>>>;
type FieldsOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> };
type Sparse<R, S> = FieldsOf<R> & { readonly [K in keyof S]?: TypeOf<S[K]> };

/**
 * A record some of whose fields may be left out, as {@link struct} with an {@link orUndefined} for each of those: on the
 * wire after the others; null in JSON. A decoded record leaves them out, so that it equals the one that was encoded.
 */
export const sparse = <R extends AnyFields, S extends AnyFields>(
  name: string,
  required: R,
  leftOut: S,
): Codec<Sparse<R, S>> => {
  const optional = Object.keys(leftOut);
  const full = struct(name, {
    ...required,
    ...Object.fromEntries(Object.entries(leftOut).map(([key, codec]) => [key, orUndefined(codec)])),
  });
  type Full = TypeOf<typeof full>;
  const without = (record: Full): Sparse<R, S> => {
    const out: Record<string, unknown> = { ...record };
    for (const key of optional) if (out[key] === undefined) delete out[key];
    return out as Sparse<R, S>;
  };
  const isFull = (u: unknown): u is Full => full.json.is(u);
  return {
    name,
    json: new t.Type<Sparse<R, S>, Json>(
      name,
      (u): u is Sparse<R, S> => isFull(u),
      (u, c) => {
        const record = full.json.validate(u, c);
        return E.isRight(record) ? E.right(without(record.right)) : record;
      },
      (a) => full.json.encode(a as unknown as Full),
    ),
    bytes: mapped(full.bytes, without, (a) => {
      if (typeof a !== 'object') throw new Error(`expected an object, got ${found(a)}`);
      return a as unknown as Full;
    }),
  };
};
