import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { mapped } from './byte-coder.ts';
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

const first = <A>(items: readonly A[], wrong: (item: A) => string | undefined): string | undefined => {
  for (const item of items) {
    const reason = wrong(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
};

const wrongText = (s: string): string | undefined => (s.isWellFormed() ? undefined : 'text is not well-formed Unicode');

const isPlain = (u: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(u);
  return prototype === Object.prototype || prototype === null;
};

const wrongJson = (u: unknown, depth: number): string | undefined => {
  if (u === null || typeof u === 'boolean') return undefined;
  if (typeof u === 'string') return wrongText(u);
  if (typeof u === 'number')
    return Number.isSafeInteger(u) && !Object.is(u, -0)
      ? undefined
      : `numbers are safe integers, got ${Object.is(u, -0) ? '-0' : String(u)}; write larger ones as strings`;
  if (typeof u !== 'object') return `a value of type ${typeof u} is not JSON`;
  if (depth === JSON_DEPTH_MAX) return `JSON is nested deeper than ${String(JSON_DEPTH_MAX)}`;
  // Array.from turns the holes of a sparse list into undefined, which is refused.
  if (Array.isArray(u)) return first(Array.from<unknown>(u), (element) => wrongJson(element, depth + 1));
  if (!isPlain(u)) return 'only plain objects and lists are JSON';
  return first(Object.entries(u), ([key, element]) => wrongText(key) ?? wrongJson(element, depth + 1));
};

const read = (u: unknown): Either<string, Json> => {
  const wrong = wrongJson(u, 0);
  return wrong === undefined ? E.right(u as Json) : E.left(wrong);
};

const trusted = (u: unknown): Json => {
  const value = read(u);
  if (E.isLeft(value)) throw new Error(value.left);
  return value.right;
};

/** Brackets of canonical text nest no deeper than allowed; judged before a parser builds what they describe. */
const isShallow = (source: string): boolean => {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (inText) {
      if (c === '\\') i++;
      else if (c === '"') inText = false;
    } else if (c === '"') inText = true;
    else if ((c === '[' || c === '{') && ++depth > JSON_DEPTH_MAX) return false;
    else if (c === ']' || c === '}') depth--;
  }
  return true;
};

const parse = (source: string): Json => {
  if (!isShallow(source)) throw new Error(`JSON is nested deeper than ${String(JSON_DEPTH_MAX)}`);
  const value = trusted(JSON.parse(source));
  if (canonicalJson(value) !== source)
    throw new Error('JSON text is not canonical: keys sorted, no white space, each key once');
  return value;
};

/** Any JSON value; its canonical text of at most `max` bytes on the wire. */
export const json = (max: number): Codec<Json> =>
  leaf(
    'json',
    (u): u is Json => E.isRight(read(u)),
    read,
    (value) => value,
    mapped(text(max).bytes, parse, (value) => canonicalJson(trusted(value))),
  );
