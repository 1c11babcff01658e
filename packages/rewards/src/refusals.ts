import { found, rewardError, u8, type ConsensusError } from '@zhtp/types';

/** A codec of any type: only its `is` and its name are asked. */
interface Judge {
  readonly name: string;
  readonly json: { is(value: unknown): boolean };
}

/** What a type is called in words a caller knows. */
const EXPECTED: Readonly<Record<string, string>> = {
  u64: 'a bigint from 0 to 2^64 - 1',
  IdentityId: '64 lowercase hex characters',
};

/**
 * A RewardError that names the field when a value is not of its type. Callers without types reach the public functions
 * too, with NaN, fractions or numbers for bigints.
 */
export const mistyped = (field: string, judge: Judge, value: unknown): ConsensusError | undefined =>
  judge.json.is(value)
    ? undefined
    : rewardError(`${field} is ${found(value)}, it must be ${EXPECTED[judge.name] ?? `a value of type ${judge.name}`}`);

/** Refuses a commission that is not a whole percentage. */
export const refusedCommission = (field: string, percent: unknown): ConsensusError | undefined =>
  u8.json.is(percent) && percent <= 100
    ? undefined
    : rewardError(`${field} is ${found(percent)}, it must be a whole percentage from 0 to 100`);

/** Narrows nothing for typed callers, and everything for others. */
export const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> => value instanceof Map;
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A RewardError that says which object with which fields is missing, when a value is none. */
export const notAnObject = (field: string, value: unknown): ConsensusError | undefined =>
  isObject(value) ? undefined : rewardError(`${field} is ${found(value)}, it must be an object with named fields`);
