import { causeText } from './errors.ts';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { ByteFault, readBytes, useBytes, writeBytes, type ByteCoder } from './byte-coder.ts';

/** What a JSON codec reads and writes: 64-bit integers are decimal strings, bytes lowercase hex, none is null. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One declaration of a message: its TypeScript type, its JSON form and its canonical bytes.
 * Both directions are strict: a value has exactly one encoding and every other one is refused.
 */
export interface Codec<A> {
  readonly name: string;
  readonly json: t.Type<A, Json>;
  readonly bytes: ByteCoder<A>;
}

/** The TypeScript type a codec declares. */
export type TypeOf<C> = C extends Codec<infer A> ? A : never;

/** Why bytes or JSON were refused: which message, where in it, and what was found. */
export interface DecodeError {
  readonly _tag: 'DecodeError';
  readonly codec: string;
  readonly message: string;
}

const decodeError = (codec: string, path: string, reason: string): DecodeError => ({
  _tag: 'DecodeError',
  codec,
  message: `${codec}${path === '' ? '' : `.${path}`}: ${reason}`,
});

/** Longest part of a refused value that a message repeats. */
const QUOTED_CHARACTERS_MAX = 40;

/** Text from outside, safe inside a one-line message: bounded, control characters and lone surrogates escaped. */
export const quoted = (text: string): string =>
  `${JSON.stringify(text.slice(0, QUOTED_CHARACTERS_MAX))}${text.length > QUOTED_CHARACTERS_MAX ? '…' : ''}`;

/** Digits of a number that may have any length. */
const shortened = (digits: string): string =>
  digits.length > QUOTED_CHARACTERS_MAX ? `${digits.slice(0, QUOTED_CHARACTERS_MAX)}…` : digits;

/** A refused value, as messages name it. */
export const found = (u: unknown): string => {
  if (typeof u === 'string') return quoted(u);
  if (Array.isArray(u)) return 'a list';
  if (typeof u === 'object') return u === null ? 'null' : 'an object';
  if (typeof u === 'number') return Object.is(u, -0) ? '-0' : String(u);
  if (typeof u === 'boolean') return String(u);
  if (typeof u === 'bigint') return shortened(String(u));
  return u === undefined ? 'undefined' : `a ${typeof u}`;
};

/** Path and reason of a refusal, wherever it was thrown. */
const byteError = (codec: string, cause: unknown): DecodeError =>
  cause instanceof ByteFault
    ? decodeError(codec, cause.path.join('.'), cause.message)
    : decodeError(codec, '', causeText(cause));

/** Canonical bytes of a value. Throws on a value outside its type: encoding our own values is an invariant. */
export const encode =
  <A>(codec: Codec<A>) =>
  (value: A): Uint8Array => {
    try {
      return writeBytes(codec.bytes, value);
    } catch (cause) {
      throw new Error(byteError(codec.name, cause).message, { cause });
    }
  };

/**
 * As {@link encode}, for bytes that are copied or looked at and not kept: they lie in memory that is written to again once
 * `use` has returned.
 */
export const encodeFor =
  <A>(codec: Codec<A>) =>
  (value: A, use: (bytes: Uint8Array) => void): void => {
    useBytes(codec.bytes, value, use);
  };

/** Node.js buffers are a subclass whose methods differ; nothing of it may reach a decoded value. */
const plain = (bytes: Uint8Array): Uint8Array =>
  Object.getPrototypeOf(bytes) === Uint8Array.prototype
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * Reads canonical bytes; trailing bytes, unknown tags and lengths out of range are refused. Never throws.
 * The value shares no memory with `bytes`, but for what is declared as `lentBytes`.
 */
export const decode =
  <A>(codec: Codec<A>) =>
  (bytes: Uint8Array): Either<DecodeError, A> => {
    try {
      return E.right(readBytes(codec.bytes, plain(bytes)));
    } catch (cause) {
      return E.left(byteError(codec.name, cause));
    }
  };

/**
 * As {@link decode}, for bytes that nobody writes to again: what is bytes in the value may be a view of them, and keeps
 * all of them in memory. For short messages that consist of little else.
 */
export const decodeLent =
  <A>(codec: Codec<A>) =>
  (bytes: Uint8Array): Either<DecodeError, A> => {
    try {
      return E.right(readBytes(codec.bytes, plain(bytes), true));
    } catch (cause) {
      return E.left(byteError(codec.name, cause));
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
    return E.isRight(read) ? read : E.left(jsonError(codec.name, read.left));
  };

const jsonError = (codec: string, errors: t.Errors): DecodeError => {
  const last = errors[errors.length - 1];
  const path = (last?.context ?? []).map((entry) => entry.key).filter((key) => key !== '');
  return decodeError(codec, path.join('.'), last?.message ?? 'refused');
};

/** A leaf: a type guard for the value, its JSON form and its coder. */
export const leaf = <A>(
  name: string,
  is: (u: unknown) => u is A,
  read: (json: unknown) => Either<string, A>,
  write: (a: A) => Json,
  bytes: ByteCoder<A>,
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
