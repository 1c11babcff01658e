import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalJson,
  decode,
  encode,
  encodeUtf8,
  fromJson,
  json,
  JSON_DEPTH_MAX,
  text,
  type DecodeError,
  type Json,
} from '@zhtp/types';
import * as leaves from './arbitraries/leaves.ts';

const any = json(1_000);
const wire = (source: string): Uint8Array => encode(text(100_000_000))(source);
const message = <A>(result: E.Either<DecodeError, A>): string => (E.isLeft(result) ? result.left.message : 'accepted');
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('canonical JSON', () => {
  test('one text per value: sorted keys, no white space', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: true })).toBe('{"a":true,"b":[1,{"c":"é","d":null}]}');
  });

  test('a value survives its canonical text and its bytes', () => {
    fc.assert(
      fc.property(leaves.json, (value) => {
        const wide = json(1_000_000);
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
        expect(decode(wide)(encode(wide)(value))).toEqual(E.right(value));
        expect(fromJson(wide)(value)).toEqual(E.right(value));
      }),
    );
  });

  test('any other text of the same value is refused', () => {
    for (const source of [
      '{"b":1,"a":2}',
      '{"a":1,"a":1}',
      '{ "a":1}',
      '[1, 2]',
      '1.0',
      '1e2',
      '"\\u0061"',
      '-0',
      '"\\/"',
      ' 1',
      '1\n',
    ])
      expect(message(decode(any)(wire(source)))).toMatch(/^json: /);
    expect(message(decode(any)(wire('{"b":1,"a":2}')))).toBe(
      'json: JSON text is not canonical: keys sorted, no white space, each key once',
    );
  });

  test('numbers are safe integers', () => {
    for (const ok of [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
      expect(fromJson(any)(ok)).toEqual(E.right(ok));
    for (const wrong of [0.5, -0, 1e21, 2 ** 53, Number.NaN, Infinity])
      expect(message(fromJson(any)(wrong))).toContain('numbers are safe integers');
  });

  test('only JSON is JSON', () => {
    const sparse: unknown[] = [1];
    sparse.length = 2;
    for (const wrong of [
      undefined,
      1n,
      () => 1,
      Symbol('s'),
      new Date(0),
      new Map(),
      sparse,
      { a: undefined },
      new Uint8Array(1),
    ])
      expect(E.isLeft(fromJson(any)(wrong))).toBe(true);
    for (const lone of ['\ud800', ['\udc00'], { '\ud800': 1 }])
      expect(message(fromJson(any)(lone))).toContain('not well-formed');
  });

  test('a member called __proto__ is data', () => {
    const value = JSON.parse('{"__proto__":{"admin":true}}') as Json;
    const back = decode(any)(encode(any)(value));
    expect(E.isRight(back) && canonicalJson(back.right)).toBe('{"__proto__":{"admin":true}}');
    expect('admin' in {}).toBe(false);
  });

  test('nesting stops at the limit', () => {
    expect(E.isRight(decode(any)(wire(nested(JSON_DEPTH_MAX))))).toBe(true);
    expect(E.isRight(fromJson(any)(JSON.parse(nested(JSON_DEPTH_MAX))))).toBe(true);
    expect(message(decode(any)(wire(nested(JSON_DEPTH_MAX + 1))))).toContain('nested deeper than 32');
    expect(message(fromJson(any)(JSON.parse(nested(JSON_DEPTH_MAX + 1))))).toContain('nested deeper than 32');
    expect(E.isRight(decode(any)(wire(JSON.stringify(`${'['.repeat(50)}\\"[`))))).toBe(true);
  });

  test('millions of brackets are refused before a parser builds them', () => {
    const deep = json(20_000_000);
    expect(message(decode(deep)(wire('['.repeat(10_000_000))))).toBe('json: JSON is nested deeper than 32');
  });

  test('the limit counts the bytes of the canonical text', () => {
    const five = json(encodeUtf8('"€"').length);
    expect(decode(five)(encode(five)('€'))).toEqual(E.right('€'));
    expect(() => encode(five)('€a')).toThrow('over the limit of 5');
  });
});
