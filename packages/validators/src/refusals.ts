import { validatorError, type ConsensusError } from '@zhtp/types';

/** A codec of any type: only its `is` and its name are asked. */
interface Judge {
  readonly name: string;
  readonly json: { is(value: unknown): boolean };
}

const SHOWN_MAX = 80;

/** A value of any type as a message shows it. */
const found = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_MAX));
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value).slice(0, SHOWN_MAX);
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What a wrong value is called in words a caller knows. */
const EXPECTED: Readonly<Record<string, string>> = {
  u64: 'a bigint from 0 to 2^64 - 1',
  u32: 'a whole number from 0 to 4294967295',
  u8: 'a whole number from 0 to 255',
};

/**
 * The first argument that is not of its type, or undefined. Callers without types reach these functions too, with NaN,
 * fractions, or numbers for bigints: everything public asks this first.
 */
export const mistyped = (judges: Readonly<Record<string, Judge>>, args: unknown): ConsensusError | undefined => {
  if (!isObject(args)) return validatorError(`arguments are ${found(args)}, give an object with named fields`);
  for (const [field, judge] of Object.entries(judges)) {
    if (judge.json.is(args[field])) continue;
    const expected = EXPECTED[judge.name] ?? `a value of type ${judge.name}`;
    return validatorError(`${field} is ${found(args[field])}, it must be ${expected}`);
  }
  return undefined;
};

/** Refuses amounts that would move nothing. */
export const notPositive = (field: string, amount: bigint): ConsensusError | undefined =>
  amount > 0n ? undefined : validatorError(`${field} is ${String(amount)}, it must be above 0`, amount);
