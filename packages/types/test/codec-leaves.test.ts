import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode, fromJson, toJson, U64_MAX, type Codec } from '@zhtp/types';

const message = <A>(result: E.Either<C.DecodeError, A>): string =>
  E.isLeft(result) ? result.left.message : 'accepted';
const wrongValue = <A>(codec: Codec<A>, value: unknown) => encode(codec as Codec<unknown>)(value);

describe('unsigned integers', () => {
  test.each([
    ['u8', C.u8, 0xff],
    ['u16', C.u16, 0xffff],
    ['u32', C.u32, 0xffff_ffff],
  ] as const)('%s holds 0 to its maximum and nothing beside', (name, codec, max) => {
    for (const value of [0, 1, max - 1, max]) expect(fromJson(codec)(value)).toEqual(E.right(value));
    for (const value of [-1, max + 1, 0.5, -0, Number.NaN, Infinity, 1e21, '1', 1n, null, undefined, [1], {}]) {
      expect(message(fromJson(codec)(value))).toMatch(
        `${name}: expected a whole number from 0 to ${String(max)}, got `,
      );
      expect(() => wrongValue(codec, value)).toThrow('expected a whole number');
      expect(codec.json.is(value)).toBe(false);
    }
  });

  test('a refused bigint of any size makes a short message', () => {
    expect(message(fromJson(C.u8)(2n ** 64n))).toContain('got 18446744073709551616');
    expect(message(fromJson(C.u8)(2n ** 4_000n)).length).toBeLessThan(120);
  });

  test('they are big-endian', () => {
    expect([...encode(C.u16)(0x0102)]).toEqual([1, 2]);
    expect([...encode(C.u32)(0x0102_0304)]).toEqual([1, 2, 3, 4]);
    expect([...encode(C.u64)(0x0102_0304_0506_0708n)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('u64 holds 0 to 2⁶⁴ − 1 as a bigint and as one decimal string', () => {
    for (const value of [0n, 1n, U64_MAX - 1n, U64_MAX]) expect(fromJson(C.u64)(String(value))).toEqual(E.right(value));
    for (const value of [
      '-1',
      '',
      '00',
      '01',
      '+1',
      ' 1',
      '1 ',
      '0x1',
      '1e3',
      '1.0',
      String(U64_MAX + 1n),
      '9'.repeat(100),
      1,
      1n,
      null,
    ])
      expect(message(fromJson(C.u64)(value))).toContain(
        'u64: expected a decimal string from 0 to 18446744073709551615',
      );
    for (const value of [-1n, U64_MAX + 1n, 1])
      expect(() => wrongValue(C.u64, value)).toThrow(/unsigned bounds|invalid value/);
  });
});

describe('signed integers', () => {
  const MIN = -(1n << 63n);
  const MAX = (1n << 63n) - 1n;

  test('i64 holds −2⁶³ to 2⁶³ − 1 as a bigint and as one decimal string', () => {
    for (const value of [MIN, MIN + 1n, -1n, 0n, 1n, MAX - 1n, MAX]) {
      expect(fromJson(C.i64)(String(value))).toEqual(E.right(value));
      expect(decode(C.i64)(encode(C.i64)(value))).toEqual(E.right(value));
    }
    for (const value of [
      '',
      '-',
      '-0',
      '00',
      '-01',
      '+1',
      ' 1',
      '1.0',
      '1e3',
      String(MAX + 1n),
      String(MIN - 1n),
      1,
      1n,
      null,
    ])
      expect(message(fromJson(C.i64)(value))).toContain('i64: expected a decimal string from -9223372036854775808 to');
    for (const value of [MIN - 1n, MAX + 1n, 1]) expect(() => wrongValue(C.i64, value)).toThrow('expected a bigint');
  });

  test('i64 is big-endian two’s complement', () => {
    expect([...encode(C.i64)(-2n)]).toEqual([255, 255, 255, 255, 255, 255, 255, 254]);
  });
});

describe('doubles', () => {
  test('every finite double is kept bit for bit, subnormals and extremes included', () => {
    for (const value of [0, 1 / 3, Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, 2 ** 53 + 2]) {
      expect(decode(C.f64)(encode(C.f64)(value))).toEqual(E.right(value));
      expect(fromJson(C.f64)(JSON.parse(JSON.stringify(toJson(C.f64)(value))))).toEqual(E.right(value));
    }
  });

  test('NaN of any payload, infinities and −0 are refused', () => {
    for (const hex of [
      '7ff8000000000000',
      '7ff0000000000001',
      'fff8000000000000',
      '7ff0000000000000',
      'fff0000000000000',
      '8000000000000000',
    ])
      expect(message(decode(C.f64)(Uint8Array.from(Buffer.from(hex, 'hex'))))).toMatch(/^f64: /);
    for (const value of [Number.NaN, Infinity, -Infinity, -0, '1', null]) {
      expect(message(fromJson(C.f64)(value))).toContain('f64: expected a finite number');
      expect(() => wrongValue(C.f64, value)).toThrow('expected a finite number');
    }
  });
});

test('a boolean is one byte, 0 or 1', () => {
  expect([...encode(C.boolean)(true)]).toEqual([1]);
  for (const byte of [2, 0x80, 0xff]) expect(E.isLeft(decode(C.boolean)(Uint8Array.of(byte)))).toBe(true);
  for (const value of [0, 1, 'true', null]) {
    expect(message(fromJson(C.boolean)(value))).toContain('expected true or false');
    expect(() => wrongValue(C.boolean, value)).toThrow('invalid value');
  }
});

test('a hash is 64 lowercase hex characters and 32 bytes', () => {
  const hex = '0123456789abcdef'.repeat(4);
  expect(C.bytesToHex(encode(C.hashCodec as Codec<unknown>)(hex))).toBe(hex);
  for (const wrong of [
    hex.toUpperCase(),
    hex.slice(1),
    `${hex}0`,
    `${hex}\n`,
    ` ${hex.slice(1)}`,
    `${hex.slice(1)}g`,
    '',
    null,
    7,
  ]) {
    expect(message(fromJson(C.hashCodec)(wrong))).toContain('Hash: expected 64 lowercase hex characters');
    expect(() => wrongValue(C.identityCodec, wrong)).toThrow('expected 64 lowercase hex characters');
  }
});

describe('bytes', () => {
  const three = C.bytes(3);

  test('at most the declared number, behind a u32 length', () => {
    expect([...encode(three)(Uint8Array.of(7, 8, 9))]).toEqual([0, 0, 0, 3, 7, 8, 9]);
    expect(() => encode(three)(new Uint8Array(4))).toThrow('over the limit of 3');
    expect(message(decode(three)(Uint8Array.of(0, 0, 0, 4, 1, 2, 3, 4)))).toBe(
      'bytes(3): bytes of length 4 is over the limit of 3',
    );
    expect(message(fromJson(three)('01020304'))).toBe('bytes(3): bytes of length 4 are over the limit of 3');
    expect(fromJson(three)('010203')).toEqual(E.right(Uint8Array.of(1, 2, 3)));
    for (const wrong of ['0', '0G', 'AB', '0x', 7, [1], null]) expect(E.isLeft(fromJson(three)(wrong))).toBe(true);
    for (const wrong of ['010203', [1, 2, 3], new Uint16Array(1), null])
      expect(() => wrongValue(three, wrong)).toThrow('invalid value');
  });

  test('a decoded value shares no memory with its input', () => {
    const input = Uint8Array.of(0, 0, 0, 2, 1, 2);
    const value = decode(three)(input);
    input.fill(9);
    expect(value).toEqual(E.right(Uint8Array.of(1, 2)));
  });

  test('lent ones have the same bytes and limits, and are a view of their input', () => {
    const lent = C.lentBytes(3);
    const input = encode(three)(Uint8Array.of(7, 8));
    const value = decode(lent)(input);
    expect(value).toEqual(decode(three)(input));
    expect(encode(lent)(Uint8Array.of(7, 8))).toEqual(input);
    expect(E.isRight(value) && value.right.buffer === input.buffer).toBe(true);
    expect(message(decode(lent)(Uint8Array.of(0, 0, 0, 4, 1, 2, 3, 4)))).toContain('over the limit of 3');
    expect(message(decode(lent)(Uint8Array.of(0, 0, 0, 3, 1, 2)))).toContain('Unexpected end');
    expect(toJson(lent)(Uint8Array.of(7, 8))).toBe('0708');
  });

  test('a view into a larger buffer decodes to plain bytes', () => {
    const value = decode(three)(Buffer.from([0xff, 0, 0, 0, 1, 5, 0xff]).subarray(1, 6));
    expect(E.isRight(value) && Object.getPrototypeOf(value.right) === Uint8Array.prototype).toBe(true);
  });

  test('a length far beyond the input is refused before anything is reserved for it', () => {
    const huge = C.bytes(0xffff_ffff);
    expect(message(decode(huge)(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1)))).toContain('Unexpected end');
  });
});

describe('text', () => {
  const four = C.text(4);

  test('the limit counts UTF-8 bytes', () => {
    for (const ok of ['', 'abcd', '€a', '😀', '\u0000', '\ufeff']) {
      expect(decode(four)(encode(four)(ok))).toEqual(E.right(ok));
      expect(fromJson(four)(ok)).toEqual(E.right(ok));
    }
    for (const long of ['abcde', '€€', '😀a']) {
      expect(message(fromJson(four)(long))).toBe('text(4): text is over the limit of 4 bytes');
      expect(() => encode(four)(long)).toThrow('over the limit');
    }
  });

  test('whatever was read before, each text is read as it stands', () => {
    const short = C.text(70);
    const texts = fc.oneof(
      fc.constantFrom('', 'chain', 'chain1', 'chain2', 'chai\u00ee', '\u0000', 'x'.repeat(64), 'x'.repeat(65)),
      fc.string({ maxLength: 12, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(texts, { minLength: 2, maxLength: 6 }), (inOrder) => {
        for (const text of inOrder) expect(decode(short)(encode(short)(text))).toEqual(E.right(text));
      }),
    );
  });

  test('lone surrogates and malformed UTF-8 are refused', () => {
    for (const lone of ['\ud800', '\udc00', 'a\ud83d', '\ude00\ud83d']) {
      expect(message(fromJson(four)(lone))).toContain('expected well-formed text');
      expect(() => encode(four)(lone)).toThrow('expected well-formed text');
    }
    // stray continuation, overlong, encoded surrogate, beyond U+10FFFF, cut short
    for (const bad of [[0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]])
      expect(E.isLeft(decode(four)(Uint8Array.of(0, 0, 0, bad.length, ...bad)))).toBe(true);
  });
});

describe('names with codes', () => {
  const colour = C.literals('Colour', { Red: 1, Blue: 7 });

  test('only declared names and codes exist, inherited ones included', () => {
    expect([...encode(colour)('Blue')]).toEqual([7]);
    for (const name of ['red', 'toString', 'constructor', '__proto__', '', 1, null]) {
      expect(message(fromJson(colour)(name))).toContain('Colour: expected one of Red, Blue, got');
      expect(() => wrongValue(colour, name)).toThrow('expected one of Red, Blue');
    }
    for (const code of [0, 2, 255])
      expect(message(decode(colour)(Uint8Array.of(code)))).toBe(`Colour: Colour has no code ${String(code)}`);
  });

  test('two names cannot share a code', () => {
    expect(() => C.literals('Twice', { A: 1, B: 1 })).toThrow('two names share a code');
  });
});

test('messages are one bounded line whatever was refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300, size: 'max' }), (hostile) => {
      const line = message(fromJson(C.u64)(`${hostile}!`));
      expect(line.length).toBeLessThan(400);
      expect(line).not.toMatch(/[\n\r]/);
      expect(line.isWellFormed()).toBe(true);
    }),
  );
});
