import { daoError, found, u64 } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { withWeight, type WeightChange } from './electorate.ts';
import { openSnapshots, type GovernanceResult, type GovernanceState } from './governance-state.ts';

/** An account's weight changed in a block not before the last one seen. */
export const changeWeight = (state: GovernanceState, change: WeightChange): GovernanceResult<void> => {
  const given: unknown = change;
  if (typeof given !== 'object' || given === null)
    return E.left(daoError(`a change of weight is an object of named fields, got ${found(given)}`));
  if (u64.json.is(change.height) && change.height < state.at.height)
    return E.left(daoError(`height is below ${String(state.at.height)}, the block last seen`, change.height));
  return pipe(
    withWeight(state.electorate, change, openSnapshots(state)),
    E.map((electorate) => ({ state: { ...state, electorate }, events: [], result: undefined })),
  );
};
