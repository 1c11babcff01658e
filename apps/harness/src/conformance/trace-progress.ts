import { difference } from './case-outcome.ts';
import type { TraceState } from './malachite.ts';

const STEPS = ['no', 'unstarted', 'propose', 'prevote', 'precommit', 'commit'];

/** A height nobody has started. */
export const unstarted = (height: number): TraceState => ({
  height,
  round: -1,
  step: 'no',
  lockedRound: -1,
  lockedValue: null,
  validRound: -1,
  validValue: null,
});

const position = ({ round, step }: TraceState): number => round * STEPS.length + STEPS.indexOf(step);

/** Whether a state has left this step of this round behind. */
export const isPast = (state: TraceState, round: number, step: string): boolean =>
  position(state) > round * STEPS.length + STEPS.indexOf(step);

const same = (what: string, state: unknown, before: unknown, after: unknown): string | undefined =>
  difference(what, after, state) === undefined || difference(what, before, state) === undefined
    ? undefined
    : difference(what, after, state);

/**
 * What keeps a state from being one between two others of its node. The specification passes through such states one by
 * one where the core goes from the first to the last at once.
 */
export const notBetween = (before: TraceState, state: TraceState, after: TraceState): string | undefined => {
  if (!STEPS.includes(state.step)) return `step ${state.step} is not known`;
  if (state.height !== after.height) return difference('height', after.height, state.height);
  if (position(state) < position(before) || position(state) > position(after))
    return `round ${String(state.round)}, ${state.step} lies outside of what the node went through`;
  const { lockedRound, lockedValue, validRound, validValue } = state;
  return (
    same(
      'lock in between',
      { lockedRound, lockedValue },
      { lockedRound: before.lockedRound, lockedValue: before.lockedValue },
      { lockedRound: after.lockedRound, lockedValue: after.lockedValue },
    ) ??
    same(
      'valid value in between',
      { validRound, validValue },
      { validRound: before.validRound, validValue: before.validValue },
      { validRound: after.validRound, validValue: after.validValue },
    )
  );
};
