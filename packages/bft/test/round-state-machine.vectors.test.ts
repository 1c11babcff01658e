import { describeVectors } from '@zhtp/testing';
import { expect, test } from 'vitest';
import { initialRoundState, type RoundInput, type RoundOutput, type RoundState, transition } from '@zhtp/bft';

interface VectorInput {
  readonly kind: string;
  readonly height?: number;
  readonly round?: number;
  readonly value?: string;
  readonly validRound?: number;
}

interface VectorState {
  readonly round: number;
  readonly step: string;
  readonly lockedRound: number;
  readonly lockedValue: string | null;
  readonly validRound: number;
  readonly validValue: string | null;
}

interface Trace {
  readonly name?: string;
  readonly process: string;
  readonly height: number;
  readonly steps: readonly {
    readonly input: VectorInput;
    readonly output?: unknown;
    readonly rejected?: boolean;
    readonly state: VectorState;
  }[];
}

const inputOf = (input: VectorInput): RoundInput => {
  const { round = NaN, value = '', validRound = NaN } = input;
  const now = { height: BigInt(input.height ?? 0), round };
  switch (input.kind) {
    case 'newRound':
      return { _tag: 'NewRound', round, proposer: false };
    case 'newRoundProposer':
      return { _tag: 'NewRound', round, proposer: true };
    case 'proposeValue':
      return { _tag: 'ProposeValue', value };
    case 'proposal':
      return { _tag: 'FreshProposal', value };
    case 'proposalInvalid':
    case 'proposalAndPolkaAndInvalid':
      return { _tag: 'RefusedProposal', against: null };
    case 'proposalAndPolkaPreviousAndValid':
      return { _tag: 'ProposalAndOldPolka', value, validRound };
    case 'proposalAndPolkaAndValid':
      return { _tag: 'ProposalAndPolka', value };
    case 'proposalAndCommitAndValid':
      return { _tag: 'ProposalAndCommit', round, value };
    case 'polkaAny':
      return { _tag: 'PolkaAny' };
    case 'polkaNil':
      return { _tag: 'PolkaNil' };
    case 'precommitAny':
      return { _tag: 'PrecommitAny' };
    case 'roundSkip':
      return { _tag: 'RoundSkip', round };
    case 'timeoutPropose':
      return { _tag: 'TimeoutPropose', ...now };
    case 'timeoutPrevote':
      return { _tag: 'TimeoutPrevote', ...now };
    case 'timeoutPrecommit':
      return { _tag: 'TimeoutPrecommit', ...now };
    default:
      throw new Error(`vector input kind ${input.kind} is not understood`);
  }
};

const outputOf = (output: RoundOutput | null, state: RoundState, process: string): unknown => {
  if (output === null) return null;
  const height = Number(state.height);
  switch (output._tag) {
    case 'GetValueAndScheduleTimeout':
      return { getValue: { height, round: state.round }, scheduleTimeout: 'propose' };
    case 'Propose':
      return {
        propose: {
          from: process,
          height,
          round: state.round,
          value: output.value,
          validRound: output.validRound ?? -1,
        },
      };
    case 'ScheduleTimeout':
      return { scheduleTimeout: output.kind, round: state.round };
    case 'Vote':
      return { vote: { type: output.kind, from: process, height, round: state.round, value: output.value } };
    case 'SkipTo':
      return { skipToRound: output.round };
    case 'Decided':
      return { decided: { round: output.round, value: output.value } };
  }
};

const stateOf = (state: RoundState): unknown => ({
  height: Number(state.height),
  round: state.round,
  step: state.round === -1 ? 'no' : state.step,
  lockedRound: state.locked?.round ?? -1,
  lockedValue: state.locked?.value ?? null,
  validRound: state.valid?.round ?? -1,
  validValue: state.valid?.value ?? null,
});

const replay = (trace: Trace): void => {
  let state = initialRoundState(BigInt(trace.height));
  for (const [index, step] of trace.steps.entries()) {
    const result = transition(state, inputOf(step.input));
    const where = `${trace.name ?? 'random'} step ${index} ${step.input.kind}`;
    expect(result === null, `${where} has an effect`).toBe(step.rejected ?? false);
    state = result?.state ?? state;
    if (result !== null) expect(outputOf(result.output, state, trace.process), where).toEqual(step.output);
    expect(stateOf(state), where).toEqual(step.state);
  }
};

for (const file of [
  'consensus/malachite_state_machine_named.json',
  'consensus/malachite_state_machine_random.json.gz',
]) {
  describeVectors<{ readonly traces: readonly Trace[] }>(
    `the round state machine follows the specification in ${file}`,
    file,
    ({ traces }) => {
      traces.forEach((trace, index) => {
        test(trace.name ?? `random trace ${index}`, () => {
          expect.hasAssertions();
          replay(trace);
        });
      });
    },
  );
}
