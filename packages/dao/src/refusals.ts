import { daoError, mistypedField, type ConsensusError, type TypeJudge } from '@zhtp/types';

/** A DaoError that names the field when a value is not of its type. */
export const mistyped = (field: string, judge: TypeJudge, value: unknown): ConsensusError | undefined => {
  const reason = mistypedField(field, judge, value);
  return reason === undefined ? undefined : daoError(reason);
};
