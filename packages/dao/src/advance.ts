import type { Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { invalidPosition, type BlockPosition } from './block-position.ts';
import { yearOf } from './calendar-year.ts';
import { closeVoting } from './close-voting.ts';
import { executeProposal, notExecutable } from './execute-proposal.ts';
import type { GovernanceEvent } from './governance-event.ts';
import type { GovernancePorts } from './governance-ports.ts';
import { withOpen, type GovernanceResult, type GovernanceState, type ProposalRecord } from './governance-state.ts';
import { inYear } from './treasury.ts';

type Step = readonly [GovernanceState, readonly GovernanceEvent[]];

/** One step after the other, each on the state the last one left. */
const inTurn = (
  start: Step,
  ids: readonly Hash[],
  step: (state: GovernanceState, record: ProposalRecord) => Step,
): Step => {
  let [state] = start;
  const events = [...start[1]];
  for (const id of ids) {
    const record = state.open.get(id);
    if (record === undefined) continue;
    const [next, more] = step(state, record);
    state = next;
    events.push(...more);
  }
  return [state, events];
};

const bigintOrder = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ids of the open proposals that `isDue`; in the given order, among equals by id. */
const due = (
  state: GovernanceState,
  isDue: (record: ProposalRecord) => boolean,
  order: (a: ProposalRecord, b: ProposalRecord) => number,
): readonly Hash[] =>
  [...state.open.values()]
    .filter(isDue)
    .sort(order)
    .map(({ proposal }) => proposal.id);

const byVotingEnd = (a: ProposalRecord, b: ProposalRecord): number =>
  bigintOrder(a.proposal.votingEndTime, b.proposal.votingEndTime);

/** Cancellations first: what is to be stopped must not win a race within its block. */
const cancellationsFirst = (a: ProposalRecord, b: ProposalRecord): number => {
  const rank = ({ action }: ProposalRecord): number =>
    O.isSome(action) && action.value._tag === 'CancelProposal' ? 0 : 1;
  return rank(a) === rank(b) ? byVotingEnd(a, b) : rank(a) - rank(b);
};

const startVoting = (state: GovernanceState, record: ProposalRecord): Step => [
  withOpen(state, { ...record, proposal: { ...record.proposal, status: 'Active' } }),
  [{ _tag: 'VotingStarted', proposalId: record.proposal.id }],
];

/**
 * Brings governance to a block: votes start and close, what passed and waited is executed. Touches open proposals only.
 * DaoError for a block before the one last seen; doing it twice for one block changes nothing.
 */
export const advance = (
  state: GovernanceState,
  at: BlockPosition,
  ports: GovernancePorts = {},
): GovernanceResult<void> => {
  const misplaced = invalidPosition(at, state.at);
  if (misplaced !== undefined) return E.left(misplaced);
  const now: GovernanceState = { ...state, at, treasury: inYear(state.treasury, yearOf(at.timeSeconds)) };
  if (state.open.size === 0) return E.right({ state: now, events: [], result: undefined });
  const isStarting = ({ proposal }: ProposalRecord): boolean =>
    proposal.status === 'Draft' && proposal.votingStartTime <= at.timeSeconds;
  const isOver = ({ proposal }: ProposalRecord): boolean =>
    proposal.status === 'Active' && proposal.votingEndTime <= at.timeSeconds;
  const started = inTurn([now, []], due(now, isStarting, byVotingEnd), startVoting);
  const closed = inTurn(started, due(started[0], isOver, byVotingEnd), closeVoting);
  const isUnlocked = (record: ProposalRecord): boolean => notExecutable(closed[0], record) === undefined;
  const [after, events] = inTurn(closed, due(closed[0], isUnlocked, cancellationsFirst), (current, record) =>
    notExecutable(current, record) === undefined ? executeProposal(current, record, ports) : [current, []],
  );
  return E.right({ state: after, events, result: undefined });
};
