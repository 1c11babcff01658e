import type { IdentityId } from '@zhtp/types';
import { identityIn } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { settleDelegation } from './staking-step.ts';

/** Delegations settled because of slashes in one block: a bound on its work. */
const SETTLED_PER_BLOCK = 1_000;

/**
 * Settles delegations that a slash has made smaller, the next ones of each slashed validator: from then on they count in
 * voting weights for what is left of them. A slash costs the same however many delegators there are, this catches up.
 */
export const settleSlashed = (working: WorkingState, atMost = SETTLED_PER_BLOCK): void => {
  let room = atMost;
  for (const [validator, from] of working.domains().voting.slashed.entries()) {
    let next: string | undefined;
    const due: IdentityId[] = [];
    for (const [key] of working.domains().accrual.stakes.startingWith(`${validator}/`, from)) {
      if (due.length === room) {
        next = key;
        break;
      }
      due.push(identityIn(key.slice(validator.length + 1)));
    }
    for (const delegator of due) settleDelegation(working, validator, delegator);
    const { voting } = working.domains();
    const slashed = next === undefined ? voting.slashed.without(validator) : voting.slashed.with(validator, next);
    working.setDomains({ voting: { ...voting, slashed } });
    room -= due.length;
    if (next !== undefined) return;
  }
};
