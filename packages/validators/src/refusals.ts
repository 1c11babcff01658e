import { mistypedFields, validatorError, type ConsensusError, type TypeJudge } from '@zhtp/types';

/** A ValidatorError for the first argument that is not of its type, or undefined: everything public asks this first. */
export const mistyped = (judges: Readonly<Record<string, TypeJudge>>, args: unknown): ConsensusError | undefined => {
  const reason = mistypedFields(judges, args);
  return reason === undefined ? undefined : validatorError(reason);
};

/** Refuses amounts that would move nothing. */
export const notPositive = (field: string, amount: bigint): ConsensusError | undefined =>
  amount > 0n ? undefined : validatorError(`${field} is ${String(amount)}, it must be above 0`, amount);
