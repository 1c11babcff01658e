import { AmnesiaWatch } from './amnesia.ts';
import { assertInvariant } from './invariant.ts';
import { CounterBook } from './counters.ts';
import type { HeightParams } from './input.ts';
import { NextHeightBuffer } from './next-height-buffer.ts';
import { ProposalBook } from './proposal-book.ts';
import { initialRoundState, type RoundState, type ValueAtRound } from './round-state-machine.ts';
import { ValueBook } from './value-book.ts';
import { VoteKeeper } from './vote-keeper.ts';
import { numberedSet, type NumberedSet } from './voting-set.ts';

/** What happened once in the current round; replaced as a whole when a round starts. */
export interface RoundProgress {
  /** Which votes moved this node here: of this round (a skip), or precommits of the round before (a timeout). */
  readonly enteredBy: 'start' | 'skip' | 'timeout';
  /** Line 34 "for the first time". */
  readonly prevoteTimeoutScheduled: boolean;
  /** Line 47 "for the first time". */
  readonly precommitTimeoutScheduled: boolean;
  /** Line 36 "for the first time". */
  readonly polkaObeyed: boolean;
  /** Line 19 was done: a second answer of the application must not become a second proposal. */
  readonly proposed: boolean;
}

/**
 * One height. The record is replaced, never changed; the five books in it are mutable and closed, belong to the state that
 * `step` was given last, and are copied by `cloneState` alone.
 */
export interface HeightState<S, P> {
  readonly params: HeightParams;
  readonly set: NumberedSet;
  /** Own position in the set; −1 for a full node, which never signs. */
  readonly self: number;
  readonly machine: RoundState;
  readonly progress: RoundProgress;
  readonly votes: VoteKeeper<S>;
  readonly proposals: ProposalBook<P>;
  readonly values: ValueBook;
  readonly amnesia: AmnesiaWatch<S>;
  readonly decision: ValueAtRound | null;
  /** A precommit quorum for a value judged invalid: nothing has an effect any more. */
  readonly halted: boolean;
}

/** The whole state of the core. `step` consumes it: use only the one it returns. */
export interface CoreState<S, P> {
  /** `null` until the first `StartHeight`. */
  readonly height: HeightState<S, P> | null;
  readonly next: NextHeightBuffer<S, P>;
  readonly counters: CounterBook;
}

/** A core that waits for its first `StartHeight`. */
export const initialState = <S, P>(): CoreState<S, P> => ({
  height: null,
  next: new NextHeightBuffer(),
  counters: new CounterBook(),
});

export const startOfRound = (enteredBy: RoundProgress['enteredBy']): RoundProgress => ({
  enteredBy,
  prevoteTimeoutScheduled: false,
  precommitTimeoutScheduled: false,
  polkaObeyed: false,
  proposed: false,
});

export const startOfHeight = <S, P>(params: HeightParams): HeightState<S, P> => {
  const { endStepEarly, raiseValidOnOldPolka } = params.options;
  assertInvariant(
    raiseValidOnOldPolka || !endStepEarly,
    'endStepEarly needs raiseValidOnOldPolka, or a step that ended early can lose the value it was about: switch both on',
  );
  const set = numberedSet(params.validators);
  return {
    params,
    set,
    self: params.self === null ? -1 : set.indexOf(params.self),
    machine: initialRoundState(params.height),
    progress: startOfRound('start'),
    votes: new VoteKeeper(set),
    proposals: new ProposalBook(),
    values: new ValueBook(),
    amnesia: new AmnesiaWatch(set.ids.length),
    decision: null,
    halted: false,
  };
};

/** An independent copy: stepping one leaves the other as it is. Messages themselves are shared, since they never change. */
export const cloneState = <S, P>(state: CoreState<S, P>): CoreState<S, P> => ({
  height:
    state.height === null
      ? null
      : {
          ...state.height,
          votes: state.height.votes.clone(),
          proposals: state.height.proposals.clone(),
          values: state.height.values.clone(),
          amnesia: state.height.amnesia.clone(),
        },
  next: state.next.clone(),
  counters: state.counters.clone(),
});

/**
 * Canonical description of everything that can influence a later step, signatures and counters excepted: two states with
 * one fingerprint answer every input alike. The parameters of a height are represented by the height.
 */
export const fingerprint = (state: CoreState<unknown, unknown>): string => {
  const { height } = state;
  if (height === null) return `-|${state.next.describe()}`;
  const at = (point: ValueAtRound | null): string => (point === null ? '-' : `${point.value}@${point.round}`);
  const { machine, progress } = height;
  const flags = [
    progress.prevoteTimeoutScheduled,
    progress.precommitTimeoutScheduled,
    progress.polkaObeyed,
    progress.proposed,
    height.halted,
  ];
  return [
    `${machine.height}/${machine.round}/${machine.step}`,
    at(machine.locked),
    at(machine.valid),
    at(height.decision),
    progress.enteredBy + flags.map((flag) => (flag ? '1' : '0')).join(''),
    height.votes.describe(),
    height.proposals.describe(),
    height.values.describe(),
    height.amnesia.describe(),
    state.next.describe(),
  ].join('|');
};
