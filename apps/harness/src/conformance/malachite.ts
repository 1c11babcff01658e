import * as t from 'io-ts';
import { closed, count, oneOf, roundOrNone, shaped } from './shape.ts';

/** A vote as the traces of Malachite's specification write it; `value` null is nil. */
export const traceVote = closed({
  type: oneOf('prevote', 'precommit'),
  from: t.string,
  height: count,
  round: count,
  value: t.union([t.string, t.null]),
});
export type TraceVote = t.TypeOf<typeof traceVote>;

export const traceProposal = closed({
  from: t.string,
  height: count,
  round: count,
  value: t.string,
  validRound: roundOrNone,
});
export type TraceProposal = t.TypeOf<typeof traceProposal>;

/** The state of a round machine after a step; −1 and null are none. */
export const traceState = closed({
  height: count,
  round: roundOrNone,
  step: t.string,
  lockedRound: roundOrNone,
  lockedValue: t.union([t.string, t.null]),
  validRound: roundOrNone,
  validValue: t.union([t.string, t.null]),
});
export type TraceState = t.TypeOf<typeof traceState>;

/** What a round machine puts out, in one of the specification's forms. */
export const traceOutput = shaped('an output of the specification', [
  closed({ getValue: closed({ height: count, round: roundOrNone }), scheduleTimeout: oneOf('propose') }),
  closed({ scheduleTimeout: oneOf('propose', 'prevote', 'precommit'), round: roundOrNone }),
  closed({ propose: traceProposal }),
  closed({ vote: traceVote }),
  closed({ skipToRound: count }),
  closed({ decided: closed({ round: roundOrNone, value: t.string }) }),
  closed({ error: t.string }),
]);
