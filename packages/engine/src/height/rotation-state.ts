import { option as O } from 'fp-ts';
import {
  array,
  i64,
  identityCodec,
  struct,
  VALIDATORS_MAX,
  type ChainParameters,
  type FrozenValidator,
  type Option,
  type TypeOf,
} from '@zhtp/types';
import { nextRotation, startRotation, type WeightedRotation } from '@zhtp/validators';

/**
 * Weighted rotation (decisions.md §6) as chain state keeps it for one height: who proposes in round 0, and the priorities
 * after that choice, in the order of the height's set. It depends on every earlier set, so it is handed on, never made anew.
 */
export const rotationStateCodec = struct('RotationState', {
  proposer: identityCodec,
  priorities: array(i64, VALIDATORS_MAX),
});
export type RotationState = TypeOf<typeof rotationStateCodec>;

type Chosen = Pick<ChainParameters, 'proposerRotation'>;

const stored = (rotation: WeightedRotation | undefined): Option<RotationState> =>
  rotation === undefined
    ? O.none
    : O.some({ proposer: rotation.proposer, priorities: rotation.validators.map(({ priority }) => priority) });

/** The rotation that a height's set and its kept priorities make. */
export const rotationOf = (
  { proposer, priorities }: RotationState,
  validators: readonly FrozenValidator[],
): WeightedRotation => ({
  proposer,
  validators: validators.map(({ identity, votingPower }, i) => ({
    identity,
    votingPower,
    priority: priorities[i] ?? 0n,
  })),
});

/** At the first height of a chain. */
export const firstRotation = (
  { proposerRotation }: Chosen,
  validators: readonly FrozenValidator[],
): Option<RotationState> => (proposerRotation === 'Weighted' ? stored(startRotation(validators)) : O.none);

/** At the next height, with its parameters and its set; a chain that changes to weighted rotation starts without a past. */
export const followingRotation = (
  parameters: Chosen,
  rotation: Option<RotationState>,
  validators: readonly FrozenValidator[],
  nextValidators: readonly FrozenValidator[],
): Option<RotationState> =>
  parameters.proposerRotation === 'Weighted' && O.isSome(rotation)
    ? stored(nextRotation(rotationOf(rotation.value, validators), nextValidators))
    : firstRotation(parameters, nextValidators);
