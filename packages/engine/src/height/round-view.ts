import { option as O } from 'fp-ts';
import type { RoundState, Step, ValueAtRound } from '@zhtp/bft';
import { ZERO_HASH, type ConsensusRound, type ConsensusStep, type Hash } from '@zhtp/types';
import { proposedIn, proposerAt, type HeightView } from './height-view.ts';
import type { RoundTimes } from './round-clock.ts';
import { blockIdOfValue } from '../loop/translate.ts';

/** The documented name of a step. */
export const consensusStepOf = (step: Step): ConsensusStep => {
  switch (step) {
    case 'unstarted':
      return 'NewRound';
    case 'propose':
      return 'Propose';
    case 'prevote':
      return 'PreVote';
    case 'precommit':
      return 'PreCommit';
    case 'commit':
      return 'Commit';
  }
};

const roundOf = (point: ValueAtRound | null): O.Option<number> => (point === null ? O.none : O.some(point.round));
const valueOf = (point: ValueAtRound | null): O.Option<Hash> =>
  point === null ? O.none : O.some(blockIdOfValue(point.value));

/** The documented view of the round in progress. */
export const consensusRoundOf = (view: HeightView, machine: RoundState, times: RoundTimes): ConsensusRound => {
  const votes = new Map<Hash, Hash[]>();
  for (const vote of view.seen.ofRound(machine.round)) {
    const named = O.getOrElse(() => ZERO_HASH)(vote.proposalId);
    votes.set(named, [...(votes.get(named) ?? []), vote.id]);
  }
  return {
    height: view.height,
    round: machine.round,
    step: consensusStepOf(machine.step),
    startTime: times.startTime,
    proposer: O.fromNullable(proposerAt(view, view.height, machine.round)),
    proposals: proposedIn(view, machine.round),
    votes: new Map([...votes].sort(([a], [b]) => (a < b ? -1 : 1))),
    lockedRound: roundOf(machine.locked),
    lockedValue: valueOf(machine.locked),
    validRound: roundOf(machine.valid),
    validValue: valueOf(machine.valid),
    timedOut: times.timedOut && times.round === machine.round,
  };
};
