import { maxBigint, U64_MAX, minBigint, type Validator } from '@zhtp/types';
import { option as O } from 'fp-ts';

/** Active, and not jailed at this block time (economics.md, Validators). */
export const canParticipate = ({ status, jailUntil }: Validator, atSeconds: bigint): boolean =>
  status === 'Active' && (O.isNone(jailUntil) || atSeconds >= jailUntil.value);

/**
 * Jailed for so long from now; the later end holds. Who is Inactive stays Inactive but carries the term, and nobody
 * returns before it is over. Nothing touches a tombstone.
 */
export const jailed = (validator: Validator, durationSeconds: bigint, atSeconds: bigint): Validator => {
  if (validator.status === 'Slashed') return validator;
  const until = minBigint(U64_MAX, atSeconds + durationSeconds);
  return {
    ...validator,
    status: validator.status === 'Active' ? 'Jailed' : validator.status,
    jailUntil: O.some(O.isSome(validator.jailUntil) ? maxBigint(until, validator.jailUntil.value) : until),
  };
};

/** Whether a jail term, if there is one, is over at this block time. */
export const termIsOver = ({ jailUntil }: Validator, atSeconds: bigint): boolean =>
  O.isNone(jailUntil) || atSeconds >= jailUntil.value;

/** May leave jail: the term is over and own stake has its minimum. Slashed stake is not restored. */
export const mayBeReleased = (validator: Validator, minStake: bigint, atSeconds: bigint): boolean =>
  validator.status === 'Jailed' && termIsOver(validator, atSeconds) && validator.stake >= minStake;

/** Active again, without a term. */
export const released = (validator: Validator): Validator => ({ ...validator, status: 'Active', jailUntil: O.none });
