import { describe, expect, test } from 'vitest';
import { isAmount, isCount, isList, isObject, isRecord } from '@zhtp/types';

describe('a value from a caller without types', () => {
  test.each([
    ['a whole number from 0 on', isCount, [0, 1, Number.MAX_SAFE_INTEGER], [-0, -1, 0.5, 2 ** 53, Number.NaN, 1n, '1']],
    ['a bigint from 0 on', isAmount, [0n, 1n, 2n ** 128n], [-1n, 0, '0', undefined]],
    ['a list', isList, [[], [1]], [{ length: 0 }, 'ab', new Uint8Array(1), null]],
    ['an object', isObject, [{}, [], new Map(), Object.create(null)], [null, undefined, 'x', 1, Symbol()]],
    ['an object with fields', isRecord, [{}, [], Object.create(null)], [null, undefined, 'x', 1n, Symbol()]],
  ] as const)('is %s or is not', (_what, is, yes, no) => {
    expect(yes.map((value) => is(value))).toEqual(yes.map(() => true));
    expect(no.map((value) => is(value))).toEqual(no.map(() => false));
  });
});
