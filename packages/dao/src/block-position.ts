import { daoError, found, u64, type ConsensusError } from '@zhtp/types';
import { mistyped } from './refusals.ts';

/** The block that something happens in: the only time governance knows (decisions.md §1). */
export interface BlockPosition {
  readonly height: bigint;
  /** Header time in whole seconds, ⌊ms / 1000⌋. */
  readonly timeSeconds: bigint;
}

/** Why a position is refused: not one, or before `last`. */
export const invalidPosition = (at: BlockPosition, last: BlockPosition): ConsensusError | undefined => {
  const given: unknown = at;
  if (typeof given !== 'object' || given === null)
    return daoError(`at is ${found(given)}, it must be { height, timeSeconds } of the block`);
  const wrong = mistyped('at.height', u64, at.height) ?? mistyped('at.timeSeconds', u64, at.timeSeconds);
  if (wrong !== undefined) return wrong;
  if (at.height < last.height)
    return daoError(`at.height is below ${String(last.height)}, the block last seen: heights never fall`, at.height);
  return at.timeSeconds < last.timeSeconds
    ? daoError(`at.timeSeconds is before ${String(last.timeSeconds)}, the block last seen`, at.timeSeconds)
    : undefined;
};
