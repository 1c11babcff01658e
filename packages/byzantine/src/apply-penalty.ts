import {
  byzantineFaultError,
  type ByzantineFault,
  type ConsensusResult,
  type IdentityId,
  type Option,
  type SlashType,
  type Validator,
  type ValidatorStatus,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Penalty } from './penalties.ts';

/** What punishing needs of a `ValidatorManager` of `@zhtp/validators`, whose own block time dates it. */
export interface PenaltyTarget {
  getValidator(identity: IdentityId): Option<Validator>;
  /** Answers with the amount taken, micro-ZHTP. */
  slashValidator(identity: IdentityId, slashType: SlashType, slashPercentage: number): ConsensusResult<bigint>;
  /** Jails for as long as the rules in force say; asked only where the configuration takes no stake for a liveness fault. */
  jailForLiveness(identity: IdentityId): ConsensusResult<void>;
}

/** A penalty as it was applied. */
export interface AppliedPenalty extends Penalty {
  readonly validator: IdentityId;
  /** Taken, micro-ZHTP: own stake, delegations and entries on their way out. */
  readonly slashed: bigint;
  /** The validator's status afterwards. */
  readonly statusAfter: ValidatorStatus;
}

const punish = (
  target: PenaltyTarget,
  validator: IdentityId,
  { slashType, slashPercentage }: Penalty,
): ConsensusResult<bigint> =>
  slashPercentage === 0
    ? E.map(() => 0n)(target.jailForLiveness(validator))
    : target.slashValidator(validator, slashType, slashPercentage);

/** Slashes, jails or tombstones by one row of the table. */
export const applyPenalty = (
  target: PenaltyTarget,
  { validator }: Pick<ByzantineFault, 'validator'>,
  penalty: Penalty,
): ConsensusResult<AppliedPenalty> => {
  const slashed = punish(target, validator, penalty);
  if (E.isLeft(slashed)) return slashed;
  const after = target.getValidator(validator);
  return O.isSome(after)
    ? E.right({ ...penalty, validator, slashed: slashed.right, statusAfter: after.value.status })
    : E.left(byzantineFaultError(`validator ${validator} is not registered any more; nothing is known of its status`));
};
