import { describe, expect, test } from 'vitest';
import { boolean, identityCodec, mistypedField, mistypedFields, u32, u64, u8 } from '@zhtp/types';

describe('a value of another type', () => {
  test.each([
    [u64, 1, 'height is 1, it must be a bigint from 0 to 2^64 - 1'],
    [u64, 2n ** 64n, 'height is 18446744073709551616, it must be a bigint from 0 to 2^64 - 1'],
    [u32, -0, 'height is -0, it must be a whole number from 0 to 4294967295'],
    [u8, Number.NaN, 'height is NaN, it must be a whole number from 0 to 255'],
    [identityCodec, 'ABC', 'height is "ABC", it must be an identity of 64 lowercase hex characters'],
    [boolean, null, `height is null, it must be a value of type ${boolean.name}`],
  ])('is refused by field, value and type, row %$', (judge, value, reason) => {
    expect(mistypedField('height', judge, value)).toBe(reason);
  });

  test('is shown short, however long it is', () => {
    expect(mistypedField('height', u64, 'x'.repeat(1_000_000))?.length).toBeLessThan(200);
  });
});

test('the ends of a range are of its type', () => {
  expect([0n, 2n ** 64n - 1n].map((value) => mistypedField('height', u64, value))).toEqual([undefined, undefined]);
});

describe('named arguments', () => {
  test('are judged in the order of their types, and what is not judged may be anything', () => {
    const judges = { height: u64, round: u32 };
    expect(mistypedFields(judges, { round: -1, height: -1n })).toMatch(/^height is -1,/);
    expect(mistypedFields(judges, { round: -1, height: 1n })).toMatch(/^round is -1,/);
    expect(mistypedFields(judges, { round: 1, height: 1n, other: Number.NaN })).toBeUndefined();
    expect(mistypedFields(judges, {})).toMatch(/^height is undefined,/);
  });

  test.each([undefined, null, 1, 'text'])('are an object, not %s', (args) => {
    expect(mistypedFields({}, args)).toContain('give an object with named fields');
  });
});
