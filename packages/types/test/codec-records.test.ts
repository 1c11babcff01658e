import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode, fromJson } from '@zhtp/types';
import { codecCases } from './arbitraries/all.ts';

const message = <A>(result: E.Either<C.DecodeError, A>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';

const point = C.struct('Point', { x: C.u8, y: C.u8 });
const line = C.struct('Line', { from: point, to: C.option(point) });
const shape = C.union('Shape', { Dot: [1, { at: point }], Empty: [2, {}] });

describe('records', () => {
  test('fields travel in declared order with nothing between', () => {
    expect([...encode(point)({ y: 2, x: 1 })]).toEqual([1, 2]);
  });

  test('JSON holds exactly the declared fields', () => {
    expect(message(fromJson(point)({ x: 1 }))).toBe('Point.y: missing');
    expect(message(fromJson(point)({ x: 1, y: 2, z: 3 }))).toBe('Point: unknown field "z"');
    expect(message(fromJson(line)({ from: { x: 1, y: 300 }, to: null }))).toBe(
      'Line.from.y: expected a whole number from 0 to 255, got 300',
    );
    expect(message(fromJson(line)({ from: { x: 1, y: 3 }, to: { x: 1 } }))).toBe('Line.to.y: missing');
    for (const wrong of [null, [], 'x', 7, undefined])
      expect(message(fromJson(point)(wrong))).toContain('Point: expected an object with x, y');
  });

  test('prototype keys are unknown fields, and inherited fields are missing', () => {
    expect(message(fromJson(point)(JSON.parse('{"x":1,"y":2,"__proto__":{"z":1}}')))).toBe(
      'Point: unknown field "__proto__"',
    );
    expect(message(fromJson(point)(JSON.parse('{"x":1,"y":2,"constructor":1}')))).toBe(
      'Point: unknown field "constructor"',
    );
    expect(message(fromJson(point)(Object.create({ x: 1, y: 2 })))).toBe('Point.x: missing');
    expect(message(fromJson(shape)(Object.create({ _tag: 'Empty' })))).toContain(
      'Shape: expected an object whose _tag is one of Dot, Empty',
    );
  });

  test('a byte error names the field it happened in', () => {
    expect(message(decode(line)(Uint8Array.of(1, 2, 9)))).toBe('Line.to: bool: invalid value 9');
    expect(message(decode(line)(Uint8Array.of(1)))).toContain('Line.from.y: ');
  });

  test('trailing bytes are counted, not repeated', () => {
    expect(message(decode(point)(new Uint8Array(1_000_002)))).toBe('Point: 1000000 bytes follow the end of the value');
  });

  test('a field cannot be called __proto__', () => {
    expect(() => C.struct('Bad', JSON.parse('{"__proto__":{}}'))).toThrow('__proto__');
  });
});

describe('tagged unions', () => {
  test('one byte of tag, then the fields of the variant', () => {
    expect([...encode(shape)({ _tag: 'Dot', at: { x: 3, y: 4 } })]).toEqual([1, 3, 4]);
    expect([...encode(shape)({ _tag: 'Empty' })]).toEqual([2]);
  });

  test('unknown tags are refused on both sides', () => {
    expect(message(decode(shape)(Uint8Array.of(0)))).toContain('Shape: ');
    for (const tag of ['dot', 'toString', '__proto__', 1, null]) {
      expect(message(fromJson(shape)({ _tag: tag }))).toContain(
        'Shape: expected an object whose _tag is one of Dot, Empty, got',
      );
      expect(() => encode(shape as C.Codec<unknown>)({ _tag: tag })).toThrow('expected an object whose _tag is one of');
    }
    for (const wrong of [null, [], 'Empty', undefined])
      expect(message(fromJson(shape)(wrong))).toContain('Shape: expected an object');
  });

  test('fields of another variant are unknown', () => {
    expect(message(fromJson(shape)({ _tag: 'Empty', at: { x: 1, y: 2 } }))).toBe('Shape: unknown field "at"');
    expect(message(fromJson(shape)({ _tag: 'Dot' }))).toBe('Shape.at: missing');
    expect(message(fromJson(shape)(JSON.parse('{"_tag":"Empty","__proto__":1}')))).toBe(
      'Shape: unknown field "__proto__"',
    );
  });

  test('codes and field names that would be ambiguous are refused when declared', () => {
    expect(() => C.union('Twice', { A: [1, {}], B: [1, {}] })).toThrow('duplicate');
    expect(() => C.union('Shadow', { A: [1, { _tag: C.u8 }] })).toThrow('a field cannot be called _tag');
  });

  const tagsOf = (reply: string): readonly string[] =>
    /whose _tag is one of (.*), got/.exec(reply)?.[1]?.split(', ') ?? [];

  test('the arbitraries of this suite reach every variant of every exported union', () => {
    const unions = codecCases.flatMap(({ exported, use }) =>
      use((codec, values) => {
        const tags = tagsOf(message(fromJson(codec)({ _tag: '?' })));
        if (tags.length === 0) return [];
        const tagOf = (json: C.Json): unknown =>
          typeof json === 'object' && json !== null && '_tag' in json ? json._tag : undefined;
        const seen = new Set(
          fc.sample(values, { numRuns: 400, seed: 1 }).map((value) => tagOf(C.toJson(codec)(value))),
        );
        return [{ exported, missing: tags.filter((tag) => !seen.has(tag)) }];
      }),
    );
    expect(unions.length).toBeGreaterThan(8);
    expect(unions.filter(({ missing }) => missing.length > 0)).toEqual([]);
  });
});
