import { initialRoundState, transition, type RoundInput, type RoundOutput, type RoundState } from '@zhtp/bft';
import * as t from 'io-ts';
import { difference, failed, notUnderstood, passed, type Outcome } from './case-outcome.ts';
import { traceOutput, traceState, type TraceState } from './malachite.ts';
import { closed, count, hasKeys, oneOf, prose, roundOrNone, shaped, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

/** Each kind of input with exactly the keys the specification gives it. */
const traceInput = shaped('an input of the specification', [
  closed({ kind: oneOf('newRound', 'newRoundProposer', 'roundSkip'), round: roundOrNone }),
  closed({ kind: oneOf('proposeValue', 'proposalAndPolkaAndValid'), value: t.string }),
  closed({ kind: oneOf('proposal', 'proposalAndCommitAndValid'), round: roundOrNone, value: t.string }),
  closed({ kind: oneOf('proposalInvalid', 'polkaAny', 'polkaNil', 'precommitAny') }),
  closed({ kind: oneOf('proposalAndPolkaPreviousAndValid'), value: t.string, validRound: roundOrNone }),
  closed({ kind: oneOf('proposalAndPolkaAndInvalid'), height: count, round: roundOrNone, value: t.string }),
  closed({ kind: oneOf('timeoutPropose', 'timeoutPrevote', 'timeoutPrecommit'), height: count, round: roundOrNone }),
]);

const traceStep = shaped('a step with an output and a state, or one that is rejected', [
  closed(
    { input: traceInput, output: t.union([traceOutput, t.null]), state: traceState },
    { rejected: t.literal(false) },
  ),
  closed({ input: traceInput, rejected: t.literal(true), state: traceState }, { output: t.null }),
]);

const trace = closed({ process: t.string, height: count, steps: t.array(traceStep) }, { name: prose });

const inputOf = (input: t.TypeOf<typeof traceInput>): RoundInput => {
  switch (input.kind) {
    case 'newRound':
    case 'newRoundProposer':
      return { _tag: 'NewRound', round: input.round, proposer: input.kind === 'newRoundProposer' };
    case 'roundSkip':
      return { _tag: 'RoundSkip', round: input.round };
    case 'proposeValue':
      return { _tag: 'ProposeValue', value: input.value };
    case 'proposalAndPolkaAndValid':
      return { _tag: 'ProposalAndPolka', value: input.value };
    case 'proposal':
      return { _tag: 'FreshProposal', value: input.value };
    case 'proposalAndCommitAndValid':
      return { _tag: 'ProposalAndCommit', round: input.round, value: input.value };
    case 'proposalInvalid':
    case 'proposalAndPolkaAndInvalid':
      return { _tag: 'RefusedProposal', against: null };
    case 'polkaAny':
      return { _tag: 'PolkaAny' };
    case 'polkaNil':
      return { _tag: 'PolkaNil' };
    case 'precommitAny':
      return { _tag: 'PrecommitAny' };
    case 'proposalAndPolkaPreviousAndValid':
      return { _tag: 'ProposalAndOldPolka', value: input.value, validRound: input.validRound };
    case 'timeoutPropose':
      return { _tag: 'TimeoutPropose', height: BigInt(input.height), round: input.round };
    case 'timeoutPrevote':
      return { _tag: 'TimeoutPrevote', height: BigInt(input.height), round: input.round };
    case 'timeoutPrecommit':
      return { _tag: 'TimeoutPrecommit', height: BigInt(input.height), round: input.round };
  }
};

/** A proposal that the machine would take for one of its own round: the arrow has none, and says nothing of others. */
const isElsewhere = (input: t.TypeOf<typeof traceInput>, { height, round, step }: RoundState): boolean => {
  if (step !== 'propose') return false;
  if (input.kind === 'proposal') return input.round !== round;
  return input.kind === 'proposalAndPolkaAndInvalid' && (input.round !== round || BigInt(input.height) !== height);
};

const outputOf = (output: RoundOutput | null, { height: at, round }: RoundState, from: string): unknown => {
  if (output === null) return null;
  const height = Number(at);
  switch (output._tag) {
    case 'GetValueAndScheduleTimeout':
      return { getValue: { height, round }, scheduleTimeout: 'propose' };
    case 'Propose':
      return { propose: { from, height, round, value: output.value, validRound: output.validRound ?? -1 } };
    case 'ScheduleTimeout':
      return { scheduleTimeout: output.kind, round };
    case 'Vote':
      return { vote: { type: output.kind, from, height, round, value: output.value } };
    case 'SkipTo':
      return { skipToRound: output.round };
    case 'Decided':
      return { decided: { round: output.round, value: output.value } };
  }
};

/** A round machine's state as the traces write it. */
export const traceStateOf = (state: RoundState): TraceState => ({
  height: Number(state.height),
  round: state.round,
  step: state.round === -1 ? 'no' : state.step,
  lockedRound: state.locked?.round ?? -1,
  lockedValue: state.locked?.value ?? null,
  validRound: state.valid?.round ?? -1,
  validValue: state.valid?.value ?? null,
});

const replay = ({ process, height, steps }: t.TypeOf<typeof trace>): Outcome => {
  if (steps.length === 0) return notUnderstood('the trace has no steps');
  let state = initialRoundState(BigInt(height));
  for (const [index, step] of steps.entries()) {
    const where = `step ${String(index + 1)}, ${step.input.kind}`;
    if (isElsewhere(step.input, state)) return notUnderstood(`${where}: is about another round than the current one`);
    const result = transition(state, inputOf(step.input));
    if ((result === null) !== (step.rejected ?? false))
      return failed(`${where}: expected ${result === null ? 'an effect, got none' : 'no effect, got one'}`);
    state = result?.state ?? state;
    const wrong =
      (result === null
        ? undefined
        : difference(`${where}, output`, outputOf(result.output, state, process), step.output)) ??
      difference(`${where}, state`, traceStateOf(state), step.state);
    if (wrong !== undefined) return failed(wrong);
  }
  return passed;
};

/** Traces of the round state machine of Malachite's Quint specification: one input, its output and the state after it. */
export const stateMachineTraces: VectorFormat = {
  name: 'round state machine traces',
  recognises: (document) => someIn(document, 'traces', (element) => hasKeys(element, 'process', 'steps')),
  run: (document) => runSections(document, { traces: (content) => runList('traces', content, trace, replay) }),
};
