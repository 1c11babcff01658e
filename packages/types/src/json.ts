import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { leaf, text, type Codec, type Json } from './codec.ts';

/** Deepest nesting a JSON value may have. */
export const JSON_DEPTH_MAX = 32;

/** JSON text with sorted keys and no white space: one text per value. Numbers are safe integers. */
export const canonicalJson = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((element: Json) => canonicalJson(element)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, element]) => `${JSON.stringify(key)}:${canonicalJson(element as Json)}`).join(',')}}`;
};

const wrongJson = (u: unknown, depth: number): string | undefined => {
  if (depth > JSON_DEPTH_MAX) return `JSON is nested deeper than ${String(JSON_DEPTH_MAX)}`;
  switch (typeof u) {
    case 'boolean':
      return undefined;
    case 'string':
      return u.isWellFormed() ? undefined : 'text is not well-formed Unicode';
    case 'number':
      return Number.isSafeInteger(u) && !Object.is(u, -0) ? undefined : `numbers are safe integers, got ${String(u)}; write larger ones as strings`;
    case 'object': {
      if (u === null) return undefined;
      if (!Array.isArray(u) && Object.getPrototypeOf(u) !== Object.prototype && Object.getPrototypeOf(u) !== null)
        return 'only plain objects and lists are JSON';
      for (const [key, element] of Object.entries(u)) {
        const wrong = wrongJson(key, depth + 1) ?? wrongJson(element, depth + 1);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    }
    default:
      return `a value of type ${typeof u} is not JSON`;
  }
};

const read = (u: unknown): Either<string, Json> => {
  const wrong = wrongJson(u, 0);
  return wrong === undefined ? E.right(u as Json) : E.left(wrong);
};

/** Any JSON value; its canonical text of at most `max` bytes on the wire. */
export const json = (max: number): Codec<Json> => {
  const inner = text(max);
  const parse = (source: string): Json => {
    const value = read(JSON.parse(source));
    if (E.isLeft(value)) throw new Error(value.left);
    if (canonicalJson(value.right) !== source) throw new Error('JSON text is not canonical: keys sorted, no white space, each key once');
    return value.right;
  };
  return leaf(
    'json',
    (u): u is Json => E.isRight(read(u)),
    read,
    (value) => value,
    {
      ...inner.bytes,
      encode: (value) => inner.bytes.encode(canonicalJson(value)),
      decode: (raw, options) => parse(inner.bytes.decode(raw, options)),
      encodeStream: (w, value) => {
        inner.bytes.encodeStream(w, canonicalJson(value));
      },
      decodeStream: (r) => parse(inner.bytes.decodeStream(r)),
    },
  );
};
