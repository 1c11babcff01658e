import type { GovernancePorts } from '@zhtp/dao';
import { remainingUnder } from '@zhtp/validators';
import type { WorkingState } from '../working-state.ts';
import { balanceOf } from './money.ts';

/** What governance asks of the ledger around it; votes are signed with their transactions. */
export const governancePorts = (working: WorkingState): GovernancePorts => ({
  balanceOf: (identity) => balanceOf(working, identity),
  remainingValidators: (config) => remainingUnder(working.domains().staking, config),
});
