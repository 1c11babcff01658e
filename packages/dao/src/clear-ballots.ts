import type { Hash } from '@zhtp/types';
import { noBallots, type Ballots } from './ballots.ts';
import { findProposal, type GovernanceState, type LiveVote, type ProposalRecord } from './governance-state.ts';

const NO_TALLY = noBallots<LiveVote>(0n).tally;

const countOf = ({ live, delegated }: Ballots<LiveVote>): number => live.size + delegated.size;

/**
 * The record once nobody votes on it any more, and the state that remembers to clear its ballots: whoever keeps a row for
 * each of them could not take a million away in one block.
 */
export const closedBallots = (
  state: GovernanceState,
  record: ProposalRecord,
): readonly [GovernanceState, ProposalRecord] => {
  const { id } = record.proposal;
  const closed = { ...record, ballots: { ...record.ballots, tally: NO_TALLY } };
  return countOf(record.ballots) === 0 || state.clearing.includes(id)
    ? [state, closed]
    : [{ ...state, clearing: [...state.clearing, id] }, closed];
};

const cleared = (ballots: Ballots<LiveVote>, atMost: number): Ballots<LiveVote> => {
  if (countOf(ballots) <= atMost) return noBallots(0n);
  const live = ballots.live.withoutFirst(atMost);
  const room = atMost - (ballots.live.size - live.size);
  return { ...ballots, live, delegated: ballots.delegated.withoutFirst(room) };
};

const replaced = (state: GovernanceState, record: ProposalRecord): GovernanceState => {
  const { id } = record.proposal;
  const field = state.open.has(id) ? 'open' : 'ended';
  return { ...state, [field]: state[field].with(id, record) };
};

/** Takes away so many ballots of votes that are over, the oldest vote's first; the very same state when there are none. */
export const clearBallots = (state: GovernanceState, atMost: number): GovernanceState => {
  let next = state;
  let room = atMost;
  const unfinished: Hash[] = [];
  for (const id of state.clearing) {
    const record = findProposal(next, id);
    if (record === undefined) continue;
    const ballots = room > 0 ? cleared(record.ballots, room) : record.ballots;
    const left = countOf(ballots);
    room -= countOf(record.ballots) - left;
    if (ballots !== record.ballots) next = replaced(next, { ...record, ballots });
    if (left > 0) unfinished.push(id);
  }
  return state.clearing.length === 0 ? state : { ...next, clearing: unfinished };
};
