import { found, mistypedField, rewardError, u8, type ConsensusError, type TypeJudge } from '@zhtp/types';

/** A RewardError that names the field when a value is not of its type. */
export const mistyped = (field: string, judge: TypeJudge, value: unknown): ConsensusError | undefined => {
  const reason = mistypedField(field, judge, value);
  return reason === undefined ? undefined : rewardError(reason);
};

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
