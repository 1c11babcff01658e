import type { ValueId } from './vote.ts';

/*
 * Algorithm 1 of "The latest gossip on BFT consensus" (arXiv 1807.04938) for one process and height, without messages:
 * the guards that need a message log are settled by the driver, which hands over the name of the rule that holds.
 */

/** `unstarted` lies between leaving a round and starting the next; `commit` is final. */
export type Step = 'unstarted' | 'propose' | 'prevote' | 'precommit' | 'commit';

/** A value with the round it was locked or became valid in. */
export interface ValueAtRound {
  readonly value: ValueId;
  readonly round: number;
}

/** Lines 2–9. `null` stands for nil and −1 together, so that neither can be set without the other. */
export interface RoundState {
  readonly height: bigint;
  /** −1 before the first round. */
  readonly round: number;
  readonly step: Step;
  readonly locked: ValueAtRound | null;
  readonly valid: ValueAtRound | null;
}

/** The arrows of the paper. Whatever carries no round means the current one. */
export type RoundInput =
  /** Line 11, StartRound. */
  | { readonly _tag: 'NewRound'; readonly round: number; readonly proposer: boolean }
  /** Line 18, the answer of getValue(). */
  | { readonly _tag: 'ProposeValue'; readonly value: ValueId }
  /** Line 22 with valid(v). */
  | { readonly _tag: 'FreshProposal'; readonly value: ValueId }
  /** Lines 22 and 28 without valid(v): `against` names the value that breaks a rule, `null` when it is merely untimely. */
  | { readonly _tag: 'RefusedProposal'; readonly against: ValueId | null }
  /** Line 28 with valid(v). */
  | { readonly _tag: 'ProposalAndOldPolka'; readonly value: ValueId; readonly validRound: number }
  /** Line 34. */
  | { readonly _tag: 'PolkaAny' }
  /** Line 36. */
  | { readonly _tag: 'ProposalAndPolka'; readonly value: ValueId }
  /** Line 44. */
  | { readonly _tag: 'PolkaNil' }
  /** Line 47. */
  | { readonly _tag: 'PrecommitAny' }
  /** Line 49, for any round of the height. */
  | { readonly _tag: 'ProposalAndCommit'; readonly round: number; readonly value: ValueId }
  /** Line 55. */
  | { readonly _tag: 'RoundSkip'; readonly round: number }
  /** Addition (a): a polka of an earlier round. */
  | { readonly _tag: 'OldPolka'; readonly value: ValueId; readonly round: number }
  /** Lines 57, 61, 65. */
  | {
      readonly _tag: 'TimeoutPropose' | 'TimeoutPrevote' | 'TimeoutPrecommit';
      readonly height: bigint;
      readonly round: number;
    };

/** What the paper's process does besides changing its variables. */
export type RoundOutput =
  /** Lines 18 and 21: ask for a value, and do not wait for ever. */
  | { readonly _tag: 'GetValueAndScheduleTimeout' }
  /** Line 19. */
  | { readonly _tag: 'Propose'; readonly value: ValueId; readonly validRound: number | null }
  /** Lines 21, 35, 48. */
  | { readonly _tag: 'ScheduleTimeout'; readonly kind: 'propose' | 'prevote' | 'precommit' }
  /** Lines 24, 26, 30, 32, 40, 45, 59, 63. */
  | {
      readonly _tag: 'Vote';
      readonly kind: 'prevote' | 'precommit';
      readonly value: ValueId | null;
      readonly against: ValueId | null;
    }
  /** Lines 56, 67: the driver answers with `NewRound`. */
  | { readonly _tag: 'SkipTo'; readonly round: number }
  /** Line 51. */
  | { readonly _tag: 'Decided'; readonly round: number; readonly value: ValueId };

export interface RoundTransition {
  readonly state: RoundState;
  readonly output: RoundOutput | null;
}

/** Lines 2–9: a height not yet started. */
export const initialRoundState = (height: bigint): RoundState => ({
  height,
  round: -1,
  step: 'unstarted',
  locked: null,
  valid: null,
});

/** One arrow of the algorithm; `null` when it has no effect in this state. */
export const transition = (state: RoundState, input: RoundInput): RoundTransition | null => {
  if (state.step === 'commit') return null;
  switch (input._tag) {
    case 'NewRound': // 11
      return state.step === 'unstarted' && input.round > state.round
        ? startRound(state, input.round, input.proposer)
        : null;
    case 'ProposeValue': // 18–19
      return state.step === 'propose'
        ? { state, output: { _tag: 'Propose', value: input.value, validRound: null } }
        : null;
    case 'FreshProposal': // 22
      return state.step === 'propose' ? prevote(state, fresh(state, input.value), null) : null;
    case 'RefusedProposal': // 26, 32
      return state.step === 'propose' ? prevote(state, null, input.against) : null;
    case 'ProposalAndOldPolka': // 28
      return state.step === 'propose' && input.validRound >= 0 && input.validRound < state.round
        ? prevote(state, proposedAgain(state, input.value, input.validRound), null)
        : null;
    case 'PolkaAny': // 34
      return state.step === 'prevote' ? { state, output: { _tag: 'ScheduleTimeout', kind: 'prevote' } } : null; // 35
    case 'ProposalAndPolka': // 36
      return polka(state, input.value);
    case 'PolkaNil': // 44
      return state.step === 'prevote' ? precommit(state, null) : null; // 45–46
    case 'PrecommitAny': // 47
      return state.step === 'unstarted' ? null : { state, output: { _tag: 'ScheduleTimeout', kind: 'precommit' } }; // 48
    case 'ProposalAndCommit': // 49
      return {
        state: { ...state, step: 'commit' },
        output: { _tag: 'Decided', round: input.round, value: input.value }, // 51; 52–54 are the next height's initial state
      };
    case 'RoundSkip': // 55
      return state.step !== 'unstarted' && input.round > state.round ? leaveFor(state, input.round) : null; // 56
    case 'OldPolka': // addition (a)
      return input.round < state.round && (state.valid === null || input.round > state.valid.round)
        ? { state: { ...state, valid: { value: input.value, round: input.round } }, output: null }
        : null;
    case 'TimeoutPropose': // 57
      return state.step === 'propose' && isNow(state, input) ? prevote(state, null, null) : null; // 58–60
    case 'TimeoutPrevote': // 61
      return state.step === 'prevote' && isNow(state, input) ? precommit(state, null) : null; // 62–64
    case 'TimeoutPrecommit': // 65
      return state.step !== 'unstarted' && isNow(state, input) ? leaveFor(state, state.round + 1) : null; // 66–67
  }
};

const isNow = (state: RoundState, at: { readonly height: bigint; readonly round: number }): boolean =>
  at.height === state.height && at.round === state.round;

/** Lines 11–21. Locks and valid value stay: clearing them here finalizes two values at one height. */
const startRound = (state: RoundState, round: number, proposer: boolean): RoundTransition => {
  const started: RoundState = { ...state, round, step: 'propose' }; // 12–13
  if (!proposer) return { state: started, output: { _tag: 'ScheduleTimeout', kind: 'propose' } }; // 21
  return {
    state: started,
    output:
      started.valid === null // 15
        ? { _tag: 'GetValueAndScheduleTimeout' } // 18
        : { _tag: 'Propose', value: started.valid.value, validRound: started.valid.round }, // 16, 19
  };
};

/** Line 23: lockedRound = −1 ∨ lockedValue = v. A lock binds against fresh values too. */
const fresh = (state: RoundState, value: ValueId): ValueId | null =>
  state.locked === null || state.locked.value === value ? value : null;

/** Line 29: lockedRound ≤ vr ∨ lockedValue = v. */
const proposedAgain = (state: RoundState, value: ValueId, validRound: number): ValueId | null =>
  state.locked === null || state.locked.round <= validRound || state.locked.value === value ? value : null;

/** Lines 24–27, 30–33, 59–60. */
const prevote = (state: RoundState, value: ValueId | null, against: ValueId | null): RoundTransition => ({
  state: { ...state, step: 'prevote' },
  output: { _tag: 'Vote', kind: 'prevote', value, against },
});

/** Lines 36–43: lock and precommit while prevoting, only learn the valid value afterwards. */
const polka = (state: RoundState, value: ValueId): RoundTransition | null => {
  const now: ValueAtRound = { value, round: state.round };
  if (state.step === 'prevote') return precommit({ ...state, locked: now, valid: now }, value); // 38–39, 42–43
  if (state.step === 'precommit') return { state: { ...state, valid: now }, output: null }; // 42–43
  return null;
};

/** Lines 40–41, 45–46, 63–64. A nil precommit changes no lock: the proof knows no unlocking on nil. */
const precommit = (state: RoundState, value: ValueId | null): RoundTransition => ({
  state: { ...state, step: 'precommit' },
  output: { _tag: 'Vote', kind: 'precommit', value, against: null },
});

const leaveFor = (state: RoundState, round: number): RoundTransition => ({
  state: { ...state, step: 'unstarted' },
  output: { _tag: 'SkipTo', round },
});
