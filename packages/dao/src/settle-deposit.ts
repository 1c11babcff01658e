import { floorDiv, type ConsensusError, type DaoProposalStatus } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { account, ESCROW, fundsMoved, TREASURY, type GovernanceEvent } from './governance-event.ts';
import type { GovernanceState, ProposalRecord } from './governance-state.ts';
import { credited, type Treasury } from './treasury.ts';
import { recordedIn } from './treasury-records.ts';

/** What of a deposit goes back to the proposer; the treasury has the rest. Rounds down, in the treasury's favour. */
const returnedOf = (deposit: bigint, status: DaoProposalStatus): bigint => {
  switch (status) {
    case 'Passed':
    case 'Failed':
      return deposit;
    case 'Cancelled':
      return floorDiv(deposit, 2n);
    case 'Expired':
    case 'Draft':
    case 'Active':
    case 'Executed':
      return 0n;
  }
};

const trusted = (treasury: Either<ConsensusError, Treasury>): Treasury => {
  if (E.isRight(treasury)) return treasury.right;
  throw new Error(`broken invariant: deposits and treasury fit 64 bits together (${treasury.left.message})`);
};

/**
 * Pays a deposit out of escrow by how its proposal ended: back on Passed or Failed, to the treasury on Expired, half on
 * cancel (economics.md, Governance: Proposals). A deposit that was paid out before is 0 and nothing happens.
 */
export const settleDeposit = (
  state: GovernanceState,
  record: ProposalRecord,
): readonly [GovernanceState, ProposalRecord, readonly GovernanceEvent[]] => {
  const { deposit, proposal } = record;
  if (deposit === 0n) return [state, record, []];
  const back = returnedOf(deposit, proposal.status);
  const kept = deposit - back;
  const settled = { ...record, deposit: 0n };
  const released = { ...state, escrow: state.escrow - deposit };
  const moved = [...fundsMoved(ESCROW, account(proposal.proposer), back), ...fundsMoved(ESCROW, TREASURY, kept)];
  if (kept === 0n) return [released, settled, moved];
  const [recorded, event] = recordedIn(released, trusted(credited(released.treasury, kept)), {
    kind: 'Deposit',
    amount: kept,
    source: O.some(proposal.proposer),
    proposalId: O.some(proposal.id),
    description: `deposit of a proposal that was ${proposal.status}`,
  });
  return [recorded, settled, [...moved, event]];
};
