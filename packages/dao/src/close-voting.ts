import { chainParameter } from './chain-parameters.ts';
import { either as E, option as O } from 'fp-ts';
import type { DaoProposalStatus } from '@zhtp/types';
import { closedBallots } from './clear-ballots.ts';
import type { GovernanceEvent } from './governance-event.ts';
import { withEnded, withOpen, type GovernanceState, type ProposalRecord } from './governance-state.ts';
import { outcomeOf } from './outcome.ts';
import { mayExceedBudget } from './permissions.ts';
import { settleDeposit } from './settle-deposit.ts';
import { reserved } from './treasury.ts';

type Closed = readonly [GovernanceState, readonly GovernanceEvent[]];

/** Emergency has no timelock; others wait `timelockEpochs` epochs of the length decided by now. */
const executableFrom = (state: GovernanceState, { proposal }: ProposalRecord): bigint => {
  const epochs = proposal.proposalType === 'Emergency' ? 0n : chainParameter(state.chainParameters, 'timelockEpochs');
  return state.at.height + epochs * state.decidedConfig.epochLengthBlocks;
};

const ended = (
  state: GovernanceState,
  record: ProposalRecord,
  status: DaoProposalStatus,
  reason: string | undefined,
): Closed => {
  const [clearing, closed] = closedBallots(state, record);
  const final: ProposalRecord = {
    ...closed,
    proposal: { ...record.proposal, status },
    reason: O.fromNullable(reason),
  };
  const [settled, paidOut, moved] = settleDeposit(clearing, final);
  const after = status === 'Passed' ? withOpen(settled, paidOut) : withEnded(settled, paidOut);
  return [after, [{ _tag: 'VotingClosed', proposal: final.proposal, reason }, ...moved]];
};

const passed = (state: GovernanceState, record: ProposalRecord): Closed => {
  const action = O.toUndefined(record.action);
  const waiting = { ...record, executableFrom: O.some(executableFrom(state, record)) };
  if (action?._tag !== 'TreasuryPayment') return ended(state, waiting, 'Passed', undefined);
  const { id, proposalType } = record.proposal;
  const setAside = reserved(state.treasury, action, id, mayExceedBudget(proposalType));
  if (E.isLeft(setAside)) return ended(state, record, 'Failed', setAside.left.message);
  const [treasury, reservation] = setAside.right;
  return ended({ ...state, treasury }, { ...waiting, reservation: O.some(reservation) }, 'Passed', undefined);
};

/**
 * Ends a vote whose window is over. Reads the tally that the votes kept, so it costs the same for one vote and for a
 * million. A payment that cannot be reserved fails (economics.md, Governance: Treasury).
 */
export const closeVoting = (state: GovernanceState, record: ProposalRecord): Closed => {
  const { quorumRequired, voteTally } = record.proposal;
  const outcome = outcomeOf(voteTally, quorumRequired, record.approvalBasisPoints);
  return outcome === 'Passed' ? passed(state, record) : ended(state, record, outcome, undefined);
};
