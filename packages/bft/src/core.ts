import { settle, startRound } from './driver.ts';
import {
  receiveBuiltValue,
  receiveCertificate,
  receiveProposal,
  receiveTimeout,
  receiveVerdict,
  receiveVote,
} from './driver-messages.ts';
import type { Effect } from './effect.ts';
import type { HeightParams, Input } from './input.ts';
import type { LetGo } from './next-height-buffer.ts';
import { startOfHeight, type CoreState, type HeightState } from './state.ts';
import { drop, type Turn } from './turn.ts';

/** What one input led to. */
export interface StepResult<S, P> {
  readonly state: CoreState<S, P>;
  /** In the order in which they are to be carried out, before the next input is taken. */
  readonly effects: readonly Effect<S, P>[];
}

/**
 * The pure core: what happens to a node on one input. A function of the inputs so far and nothing else, so that replaying
 * a journal through it restores the state. It consumes `state`: afterwards use only the state it returns (see `cloneState`).
 */
export const step = <S, P>(state: CoreState<S, P>, input: Input<S, P>): StepResult<S, P> => {
  if (input._tag === 'StartHeight') return startHeight(state, input.params);
  const effects: Effect<S, P>[] = [];
  const { height, next, counters } = state;
  const at = placeOf(input);
  const reason = height === null ? 'NotStarted' : height.halted ? 'Halted' : null;
  if (height === null || reason !== null) {
    drop({ effects, counters }, reason ?? 'NotStarted', at);
    return { state, effects };
  }
  const distance = at.height - height.params.height;
  if (distance === 0n) {
    const turn: Turn<S, P> = { height, effects, counters };
    dispatch(turn, input);
    return { state: turn.height === height ? state : { ...state, height: turn.height }, effects };
  }
  if (distance < 0n) drop({ effects, counters }, 'OldHeight', at);
  else if (distance > 1n) drop({ effects, counters }, 'FutureHeight', at);
  else {
    const letGo = buffer(next, input, at.round);
    if (letGo !== null) drop({ effects, counters }, letGo.reason, { height: at.height, round: letGo.round });
  }
  return { state, effects };
};

type HeightInput<S, P> = Exclude<Input<S, P>, { readonly _tag: 'StartHeight' }>;

const dispatch = <S, P>(turn: Turn<S, P>, input: HeightInput<S, P>): void => {
  switch (input._tag) {
    case 'VoteReceived':
      return receiveVote(turn, input.vote);
    case 'ProposalReceived':
      return receiveProposal(turn, input.proposal, input.timely);
    case 'CertificateReceived':
      return receiveCertificate(turn, input.certificate);
    case 'ValueJudged':
      return receiveVerdict(turn, input.value, input.verdict);
    case 'ValueBuilt':
      return receiveBuiltValue(turn, input);
    case 'TimeoutElapsed':
      return receiveTimeout(turn, input);
    case 'OwnSigned':
      return input.message._tag === 'Vote'
        ? receiveVote(turn, input.message.vote)
        : receiveProposal(turn, input.message.proposal, true);
  }
};

/** Messages of the next height wait; answers and timeouts cannot belong to it. */
const buffer = <S, P>(next: CoreState<S, P>['next'], input: HeightInput<S, P>, round: number): LetGo | null => {
  switch (input._tag) {
    case 'VoteReceived':
      return next.keepVote(input.vote);
    case 'ProposalReceived':
      return next.keepProposal(input.proposal, input.timely);
    case 'CertificateReceived':
      return next.keepCertificate(input.certificate);
    case 'ValueJudged':
    case 'ValueBuilt':
    case 'TimeoutElapsed':
    case 'OwnSigned':
      return { reason: 'FutureHeight', round };
  }
};

const placeOf = <S, P>(input: HeightInput<S, P>): { readonly height: bigint; readonly round: number } => {
  switch (input._tag) {
    case 'VoteReceived':
      return input.vote.vote;
    case 'ProposalReceived':
      return input.proposal.proposal;
    case 'CertificateReceived':
      return input.certificate;
    case 'ValueJudged':
      return { height: input.height, round: -1 };
    case 'ValueBuilt':
    case 'TimeoutElapsed':
      return input;
    case 'OwnSigned':
      return input.message._tag === 'Vote' ? input.message.vote.vote : input.message.proposal.proposal;
  }
};

/** Lines 10 and 52–54: everything of the old height is forgotten; what was buffered for this one is fed in order. */
const startHeight = <S, P>(state: CoreState<S, P>, params: HeightParams): StepResult<S, P> => {
  const effects: Effect<S, P>[] = [];
  const { counters, next } = state;
  const turn: Turn<S, P> = { height: startOfHeight(params), effects, counters };
  const previous = state.height;
  if (previous !== null) stopTimers(previous, effects);
  const buffered = next.drain();
  startRound(turn, 0, 'start');
  settle(turn);
  const follows = previous !== null && params.height === previous.params.height + 1n;
  if (follows) {
    for (const certificate of buffered.certificates) receiveCertificate(turn, certificate);
    for (const { proposal, timely } of buffered.proposals) receiveProposal(turn, proposal, timely);
    for (const vote of buffered.votes) receiveVote(turn, vote);
  } else {
    for (const certificate of buffered.certificates) drop(turn, 'NextHeightDiscarded', certificate);
    for (const { proposal } of buffered.proposals) drop(turn, 'NextHeightDiscarded', proposal.proposal);
    for (const { vote } of buffered.votes) drop(turn, 'NextHeightDiscarded', vote);
  }
  return { state: { height: turn.height, next, counters }, effects };
};

/** The repetition runs on after a decision; the next height ends it. Timeouts of an undecided height end too (sync went ahead). */
const stopTimers = <S, P>({ params, machine, decision }: HeightState<S, P>, effects: Effect<S, P>[]): void => {
  const kinds = decision === null ? (['propose', 'prevote', 'precommit', 'repeat'] as const) : (['repeat'] as const);
  for (const kind of kinds) effects.push({ _tag: 'CancelTimeout', kind, height: params.height, round: machine.round });
};
