import * as t from 'io-ts';
import { traceOutput, traceProposal, traceState, traceVote } from './malachite.ts';
import { closed, count, oneOf, power, prose, shaped } from './shape.ts';

/** The steps that the specification takes by itself, to do later what an earlier step made possible. */
const internalInput = shaped('an internal input of the specification', [
  closed({ kind: oneOf('pending'), v: closed({ t: t.string }, { v: prose }) }),
  closed({ kind: oneOf('stepChange', 'no') }),
]);
type InternalInput = t.TypeOf<typeof internalInput>;

/** Whether an input is one of the specification's own. */
export const isInternal = (input: InternalInput | OutsideInput): input is InternalInput =>
  input.kind === 'pending' || input.kind === 'stepChange' || input.kind === 'no';

const outsideInput = shaped('an input of the specification', [
  closed({ kind: oneOf('start') }),
  closed({ kind: oneOf('proposeValue'), v: t.string }),
  closed({ kind: oneOf('proposal'), proposal: traceProposal }),
  closed({ kind: oneOf('vote'), vote: traceVote }),
  closed({ kind: oneOf('certificate'), votes: t.array(traceVote) }),
  closed({
    kind: oneOf('timeout'),
    v: closed({ t: oneOf('ProposeTimeout', 'PrevoteTimeout', 'PrecommitTimeout') }),
  }),
]);
export type OutsideInput = t.TypeOf<typeof outsideInput>;

const output = t.union([traceOutput, t.null]);

const event = shaped('an event of the specification', [
  closed({ ev: oneOf('step'), at: t.string, input: internalInput, output, state: traceState }, { chainLength: count }),
  closed({ ev: oneOf('step'), at: t.string, input: outsideInput, output, state: traceState }, { chainLength: count }),
  closed({ ev: oneOf('deliverVote'), to: t.string, vote: traceVote }),
  closed({ ev: oneOf('deliverProposal'), to: t.string, proposal: traceProposal }),
  closed({ ev: oneOf('deliverCertificate'), to: t.string, votes: t.array(traceVote) }),
  closed({ ev: oneOf('setNextValue'), at: t.string, value: t.string }),
  closed({ ev: oneOf('newHeight'), at: t.string, height: count, validators: t.record(t.string, power) }),
]);

const finalState = closed({
  height: count,
  round: t.number,
  step: t.string,
  lockedRound: t.number,
  lockedValue: t.union([t.string, t.null]),
  validRound: t.number,
  validValue: t.union([t.string, t.null]),
  decided: t.array(closed({ height: count, value: t.string })),
});

/** One scenario of several nodes, message by message. */
export const systemTrace = closed({
  name: t.string,
  validators: t.record(t.string, power),
  correct: t.array(t.string),
  faulty: t.array(t.string),
  steps: t.array(event),
  final: t.record(t.string, finalState),
});
export type SystemTrace = t.TypeOf<typeof systemTrace>;
export type SystemEvent = SystemTrace['steps'][number];
