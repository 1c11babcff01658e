import { u8, validatorError, type ConsensusError } from '@zhtp/types';

/** Why this is no percentage to slash by, or undefined: whole, above 0, at most 100 (economics.md, Validators). */
export const percentRefusal = (slashPercentage: number): ConsensusError | undefined =>
  u8.json.is(slashPercentage) && slashPercentage >= 1 && slashPercentage <= 100
    ? undefined
    : validatorError('slashPercentage must be a whole percentage above 0 and at most 100', slashPercentage);
