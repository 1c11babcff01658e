import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { U64_MAX } from './arithmetic.ts';
import { MICRO_PER_ZHTP } from './consensus-config.ts';

const AMOUNT = /^(0|[1-9][0-9]*)(?:\.([0-9]{1,6}))?$/;

/** ZHTP as people write it, `12` or `0.000001`, to micro-ZHTP, exactly. No signs, exponents or separators. */
export const parseZhtp = (text: string): Either<string, bigint> => {
  const [, whole, fraction = ''] = AMOUNT.exec(text) ?? [];
  if (whole === undefined)
    return E.left(`an amount is ZHTP with at most 6 decimals, like 12 or 0.5, got "${text.slice(0, 40)}"`);
  const micro = BigInt(whole) * MICRO_PER_ZHTP + BigInt(fraction.padEnd(6, '0'));
  return micro <= U64_MAX
    ? E.right(micro)
    : E.left(`the amount ${text.slice(0, 40)} ZHTP is more than any account can hold`);
};

/** micro-ZHTP as ZHTP, without trailing zeros. */
export const formatZhtp = (micro: bigint): string => {
  const digits = micro.toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
};
