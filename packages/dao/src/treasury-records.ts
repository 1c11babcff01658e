import { option as O } from 'fp-ts';
import { treasuryRecordIdOf } from './proposal-id.ts';
import type { TreasuryTransaction } from '@zhtp/types';
import type { GovernanceEvent } from './governance-event.ts';
import type { GovernanceState } from './governance-state.ts';
import { withRecord, type Treasury } from './treasury.ts';

type RecordFields = Pick<TreasuryTransaction, 'kind' | 'amount' | 'description'> & Partial<TreasuryTransaction>;

/** The treasury after a change, with a record of it at the state's block time, in state and as an event. */
export const recordedIn = (
  state: GovernanceState,
  treasury: Treasury,
  fields: RecordFields,
): readonly [GovernanceState, GovernanceEvent] => {
  const transaction: TreasuryTransaction = {
    recipient: O.none,
    source: O.none,
    proposalId: O.none,
    ...fields,
    id: treasuryRecordIdOf(state.chainId, treasury.recorded),
    timestamp: state.at.timeSeconds,
  };
  return [
    { ...state, treasury: withRecord(treasury, transaction) },
    { _tag: 'TreasuryRecorded', transaction },
  ];
};
