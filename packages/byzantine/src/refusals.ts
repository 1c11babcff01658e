import { isRecord, byzantineFaultError, found, mistypedFields, type ConsensusError, type TypeJudge } from '@zhtp/types';

/** A ByzantineFault error for the first argument that is not of its type, or undefined: every documented method asks this first. */
export const mistyped = (judges: Readonly<Record<string, TypeJudge>>, args: unknown): ConsensusError | undefined => {
  const reason = mistypedFields(judges, args);
  return reason === undefined ? undefined : byzantineFaultError(reason);
};

/** Refuses what lacks the methods that will be called: an object of another kind must not end in an exception. */
export const withoutMethods = (
  field: string,
  value: unknown,
  methods: readonly string[],
): ConsensusError | undefined => {
  const missing = isRecord(value) ? methods.find((method) => typeof value[method] !== 'function') : methods[0];
  return missing === undefined
    ? undefined
    : byzantineFaultError(`${field} is ${found(value)} without ${missing}(), give a ValidatorManager`);
};
