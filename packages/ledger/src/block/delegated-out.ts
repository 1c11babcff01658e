import type { IdentityId } from '@zhtp/types';
import type { WorkingState } from '../working-state.ts';

/** What an account has delegated to all validators together has changed by so much. */
export const noteDelegatedOut = (working: WorkingState, delegator: IdentityId, grown: bigint): void => {
  if (grown === 0n) return;
  const { voting } = working.domains();
  const amount = (voting.delegatedOut.get(delegator) ?? 0n) + grown;
  const delegatedOut =
    amount === 0n ? voting.delegatedOut.without(delegator) : voting.delegatedOut.with(delegator, amount);
  working.setDomains({ voting: { ...voting, delegatedOut } });
};

/** A pool fell: its delegators are settled from the first one on, so many in a block. */
export const noteSlashedPool = (working: WorkingState, validator: IdentityId): void => {
  const { voting } = working.domains();
  working.setDomains({ voting: { ...voting, slashed: voting.slashed.with(validator, `${validator}/`) } });
};
