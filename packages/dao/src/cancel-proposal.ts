import { daoError, found, hashCodec, identityCodec, type Hash, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { invalidPosition, type BlockPosition } from './block-position.ts';
import { closedBallots } from './clear-ballots.ts';
import type { GovernanceEvent } from './governance-event.ts';
import {
  findProposal,
  withEnded,
  type GovernanceResult,
  type GovernanceState,
  type ProposalRecord,
} from './governance-state.ts';
import { mistyped } from './refusals.ts';
import { settleDeposit } from './settle-deposit.ts';
import { released } from './treasury.ts';

/** Ends an open proposal as Cancelled: its deposit is settled, its reservation given up, the reason kept. */
export const cancelled = (
  state: GovernanceState,
  record: ProposalRecord,
  reason: string,
): readonly [GovernanceState, readonly GovernanceEvent[]] => {
  const { id } = record.proposal;
  const treasury = O.isSome(record.reservation)
    ? released(state.treasury, record.reservation.value, id)
    : state.treasury;
  const [clearing, closed] = closedBallots(state, record);
  const final: ProposalRecord = {
    ...closed,
    proposal: { ...record.proposal, status: 'Cancelled' },
    executableFrom: O.none,
    reservation: O.none,
    reason: O.some(reason),
  };
  const [settled, paidOut, moved] = settleDeposit({ ...clearing, treasury }, final);
  return [withEnded(settled, paidOut), [{ _tag: 'ProposalCancelled', proposalId: id, reason }, ...moved]];
};

/** A proposer takes a proposal back. */
export interface CancelRequest {
  readonly proposalId: Hash;
  readonly proposer: IdentityId;
  readonly at: BlockPosition;
}

/**
 * Draft or Active → Cancelled by the proposer, at the price of half the deposit. DaoError for an unknown proposal, another
 * identity, a Passed proposal (only CancelProposal or a failed execution cancels it) and one that ended, its window
 * included.
 */
export const cancelByProposer = (state: GovernanceState, request: CancelRequest): GovernanceResult<void> => {
  const given: unknown = request;
  if (typeof given !== 'object' || given === null)
    return E.left(daoError(`a cancellation is an object of named fields, got ${found(given)}`));
  const { proposalId, proposer, at } = request;
  const wrong =
    invalidPosition(at, state.at) ??
    mistyped('proposalId', hashCodec, proposalId) ??
    mistyped('proposer', identityCodec, proposer);
  if (wrong !== undefined) return E.left(wrong);
  const record = findProposal(state, proposalId);
  if (record === undefined) return E.left(daoError(`proposal ${proposalId} is not known`));
  if (record.proposal.proposer !== proposer)
    return E.left(daoError(`proposal ${proposalId} is not ${proposer}'s: only its proposer cancels it`));
  const { status, votingEndTime } = record.proposal;
  if (status !== 'Draft' && status !== 'Active')
    return E.left(daoError(`proposal ${proposalId} is ${status}, its proposer cancels a Draft or Active one only`));
  if (at.timeSeconds >= votingEndTime)
    return E.left(
      daoError(`voting on ${proposalId} ended at ${String(votingEndTime)}: its outcome stands`, at.timeSeconds),
    );
  const [next, events] = cancelled({ ...state, at }, record, 'cancelled by its proposer');
  return E.right({ state: next, events, result: undefined });
};
