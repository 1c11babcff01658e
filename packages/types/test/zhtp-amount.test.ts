import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatZhtp, parseZhtp, U64_MAX } from '@zhtp/types';

const MICRO = fc.bigInt({ min: 0n, max: U64_MAX });

test('every amount is read back from what is printed, exactly', () => {
  fc.assert(
    fc.property(MICRO, (micro) => {
      expect(parseZhtp(formatZhtp(micro))).toEqual(E.right(micro));
    }),
  );
});

test('amounts are ZHTP with up to six decimals', () => {
  expect(['0', '1', '2.5', '0.000001', '10.10'].map(parseZhtp)).toEqual(
    [0n, 1_000_000n, 2_500_000n, 1n, 10_100_000n].map(E.right),
  );
  expect(parseZhtp('18446744073709.551615')).toEqual(E.right(U64_MAX));
});

test('anything else is refused, never rounded', () => {
  for (const text of [
    '',
    '.5',
    '5.',
    '-1',
    '+1',
    '1e3',
    '1,5',
    '01',
    '0.0000001',
    ' 1',
    '1 ',
    '0x1',
    '١',
    'NaN',
    '18446744073709.551616',
    '9'.repeat(400),
  ])
    expect(E.isLeft(parseZhtp(text)), text).toBe(true);
});
