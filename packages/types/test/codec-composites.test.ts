import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode, fromJson, toJson } from '@zhtp/types';

const message = <A>(result: E.Either<C.DecodeError, A>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';
const u32 = (n: number): readonly number[] => [(n >>> 24) & 0xff, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff];

describe('option', () => {
  const maybe = C.option(C.u8);

  test('none and some have one encoding each', () => {
    expect([...encode(maybe)(O.none)]).toEqual([0]);
    expect([...encode(maybe)(O.some(0))]).toEqual([1, 0]);
    for (const bytes of [[], [1], [2, 0], [0, 0], [255]])
      expect(E.isLeft(decode(maybe)(Uint8Array.from(bytes)))).toBe(true);
  });

  test('an absent field is not none', () => {
    const holder = C.struct('Holder', { maybe });
    expect(fromJson(holder)({ maybe: null })).toEqual(E.right({ maybe: O.none }));
    expect(message(fromJson(holder)({}))).toBe('Holder.maybe: missing');
    expect(message(fromJson(holder)({ maybe: undefined }))).toContain('Holder.maybe: expected a whole number');
  });

  test('an inner codec that takes null is refused when declared', () => {
    expect(() => C.option(maybe)).toThrow('null would mean both none and a value');
    expect(() => C.option(C.json(10))).toThrow('null would mean both none and a value');
  });

  test('only an Option is encoded', () => {
    for (const value of [undefined, null, 0, { value: 0 }, { _tag: 'Some' }])
      expect(() => encode(maybe as C.Codec<unknown>)(value)).toThrow('expected none or some');
  });
});

describe('lists', () => {
  const two = C.array(C.u8, 2);

  test('at most the declared number of elements', () => {
    expect([...encode(two)([5, 6])]).toEqual([0, 0, 0, 2, 5, 6]);
    expect(() => encode(two)([1, 2, 3])).toThrow('a list of length 3 is over the limit of 2');
    expect(message(decode(two)(Uint8Array.of(0, 0, 0, 3, 1, 2, 3)))).toContain(
      'a list of length 3 is over the limit of 2',
    );
    expect(message(fromJson(two)([1, 2, 3]))).toBe('array(u8): a list of length 3 is over the limit of 2');
    for (const wrong of [{ length: 0 }, 'ab', null, new Uint8Array(1)])
      expect(message(fromJson(two)(wrong))).toContain('expected a list');
  });

  test('holes and wrong elements are named by their index', () => {
    const holed: unknown[] = [1];
    holed.length = 2;
    expect(message(fromJson(two)(holed))).toBe('array(u8).1: expected a whole number from 0 to 255, got undefined');
    expect(two.json.is(Array.from({ length: 2 }))).toBe(false);
    expect(message(fromJson(C.array(two, 3))([[1], [2, 'x']]))).toBe(
      'array(array(u8)).1.1: expected a whole number from 0 to 255, got "x"',
    );
  });

  test('a count without elements behind it costs nothing, however large', () => {
    const wide = C.array(C.u64, 0xffff_ffff);
    expect(message(decode(wide)(Uint8Array.from(u32(0xffff_ffff))))).toContain('exceed 0 bytes left');
    const variable = C.array(C.text(10), 0xffff_ffff);
    expect(message(decode(variable)(Uint8Array.from([...u32(0xffff_ffff), ...u32(0)])))).toContain(
      'Unexpected end of buffer',
    );
  });

  test('elements of no bytes are refused when declared, because their count would be free', () => {
    expect(() => C.array(C.struct('Nothing', {}), 10)).toThrow('zero-size');
    expect(() => C.array(C.named('Named', C.struct('Nothing', {})), 10)).toThrow('zero-size');
  });

  test('variants without fields still take their tag byte', () => {
    const flags = C.array(C.union('Flag', { On: [1, {}], Off: [2, {}] }), 3);
    expect([...encode(flags)([{ _tag: 'On' }, { _tag: 'Off' }])]).toEqual([0, 0, 0, 2, 1, 2]);
    expect(E.isLeft(decode(flags)(Uint8Array.of(0, 0, 0, 3, 1, 2)))).toBe(true);
    expect(toJson(flags)([{ _tag: 'On' }])).toEqual([{ _tag: 'On' }]);
  });
});

describe('maps', () => {
  const ages = C.map(C.text(8), C.u8, 3);
  const bytes = (...entries: readonly (readonly [string, number])[]): Uint8Array =>
    Uint8Array.from([
      ...u32(entries.length),
      ...entries.flatMap(([k, v]) => [...u32(Buffer.byteLength(k)), ...Buffer.from(k), v]),
    ]);

  test('entries travel in key order, whatever order they were put in', () => {
    const value = new Map([
      ['b', 1],
      ['a', 2],
    ]);
    expect(encode(ages)(value)).toEqual(bytes(['a', 2], ['b', 1]));
    expect(JSON.stringify(toJson(ages)(value))).toBe('{"a":2,"b":1}');
    const read = fromJson(ages)({ b: 1, a: 2 });
    expect(E.isRight(read) ? [...read.right.keys()] : read.left).toEqual(['a', 'b']);
  });

  test('names with codes are ordered by name', () => {
    const work = C.map(C.usefulWorkTypeCodec, C.u8, 5);
    const value = new Map<C.UsefulWorkType, number>([
      ['Computation', 1],
      ['NetworkRouting', 2],
      ['DataStorage', 3],
    ]);
    expect([...encode(work)(value)]).toEqual([0, 0, 0, 3, 2, 1, 1, 3, 0, 2]);
  });

  test('an unsorted or repeated key is refused', () => {
    expect(message(decode(ages)(bytes(['b', 1], ['a', 2])))).toBe(
      'map(text(8), u8): key "a" is repeated or out of order',
    );
    expect(message(decode(ages)(bytes(['a', 1], ['a', 2])))).toContain('key "a" is repeated');
    expect(E.isRight(decode(ages)(bytes(['a', 1], ['aa', 0], ['b', 2])))).toBe(true);
  });

  test('at most the declared number of entries', () => {
    const four = { a: 1, b: 2, c: 3, d: 4 };
    expect(message(fromJson(ages)(four))).toContain('an object of 4 members is over the limit of 3');
    expect(() => encode(ages)(new Map(Object.entries(four)))).toThrow('a map of length 4 is over the limit of 3');
    expect(message(decode(ages)(Uint8Array.from(u32(0xffff_ffff))))).toContain('over the limit of 3');
  });

  test('a wrong key or value is named', () => {
    const money = C.struct('Money', { of: C.map(C.hashCodec, C.u64, 3) });
    expect(message(fromJson(money)({ of: { abc: '1' } }))).toContain(
      'Money.of: expected 64 lowercase hex characters, got "abc"',
    );
    expect(message(fromJson(money)({ of: { ['0'.repeat(64)]: 1 } }))).toContain(
      `Money.of.${'0'.repeat(64)}: expected a decimal string`,
    );
    for (const wrong of [[], null, 'a', 1])
      expect(message(fromJson(money)({ of: wrong }))).toContain('Money.of: expected an object');
  });

  test('a key called __proto__ is a key like any other', () => {
    const wide = C.map(C.text(20), C.u8, 3);
    const value = new Map([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(decode(wide)(encode(wide)(value))).toEqual(E.right(value));
    expect(fromJson(wide)(JSON.parse(JSON.stringify(toJson(wide)(value))))).toEqual(E.right(value));
    expect(({} as { readonly constructor: unknown }).constructor).toBe(Object);
  });
});

test('a refinement holds on the wire, in JSON and when encoding', () => {
  const even = C.refine(C.u8, 'Even', (n) => (n % 2 === 0 ? undefined : `${String(n)} is odd`));
  expect(message(decode(even)(Uint8Array.of(3)))).toBe('Even: 3 is odd');
  expect(message(fromJson(even)(3))).toBe('Even: 3 is odd');
  expect(() => encode(even)(3)).toThrow('3 is odd');
  expect(even.json.is(3)).toBe(false);
});
