import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode, fromJson, toJson } from '@zhtp/types';

const message = <A>(result: E.Either<C.DecodeError, A>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';

const terms = C.sparse('Terms', { rate: C.u8 }, { pending: C.u8, since: C.u64 });

describe('a record with fields that may be left out', () => {
  test('comes back as it was, without the fields it did not have', () => {
    for (const value of [
      { rate: 1 },
      { rate: 1, pending: 0 },
      { rate: 1, since: 5n },
      { rate: 1, pending: 2, since: 0n },
    ]) {
      const read = decode(terms)(encode(terms)(value));
      expect(read).toStrictEqual(E.right(value));
      expect(fromJson(terms)(toJson(terms)(value))).toStrictEqual(E.right(value));
    }
    expect([...encode(terms)({ rate: 1, pending: 2 })]).toEqual([1, 1, 2, 0]);
    expect(toJson(terms)({ rate: 1 })).toEqual({ rate: 1, pending: null, since: null });
  });

  test('is refused with a field of a wrong type or an unknown one, by path', () => {
    expect(message(fromJson(terms)({ rate: 1, pending: 300, since: null }))).toContain(
      'Terms.pending: expected a whole',
    );
    expect(message(fromJson(terms)({ rate: 1, pending: null }))).toBe('Terms.since: missing');
    expect(message(fromJson(terms)({ rate: 1, pending: null, since: null, x: 1 }))).toContain('unknown field "x"');
    expect(message(decode(terms)(Uint8Array.of(1, 2, 0)))).toContain('Terms.pending');
    expect(() => encode(terms as C.Codec<unknown>)(3)).toThrow('expected an object');
    expect(terms.json.is({ rate: 1, pending: 300 })).toBe(false);
    expect(terms.json.is({ rate: 1 })).toBe(true);
  });
});

describe('a value or undefined', () => {
  const maybe = C.orUndefined(C.u64);

  test('is encoded as an option is', () => {
    expect(encode(maybe)(7n)).toEqual(encode(C.option(C.u64))(O.some(7n)));
    expect(encode(maybe)(undefined)).toEqual(Uint8Array.of(0));
    for (const value of [undefined, 0n, 7n]) {
      expect(decode(maybe)(encode(maybe)(value))).toEqual(E.right(value));
      expect(fromJson(maybe)(toJson(maybe)(value))).toEqual(E.right(value));
    }
    expect([maybe.json.is(undefined), maybe.json.is(1n), maybe.json.is(null)]).toEqual([true, true, false]);
    expect(message(fromJson(maybe)('x'))).toContain('expected a decimal string');
  });

  test('takes no inner value that null stands for already', () => {
    expect(() => C.orUndefined(maybe)).toThrow('null would mean both none and a value');
  });
});
