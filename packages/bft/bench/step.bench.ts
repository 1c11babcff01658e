import {
  type CoreState,
  type HeightParams,
  initialState,
  type Input,
  step as stepFunction,
  votingSet,
  type Vote,
} from '@zhtp/bft';
import { expect, test } from 'vitest';

// The module runner wraps imports in getters; a local constant is what a caller pays.
const step = stepFunction;

type Message = Input<null, null>;

const paramsOf = (validators: number): HeightParams => {
  const set = votingSet(
    Array.from({ length: validators }, (_, index) => [String(index).padStart(64, '0'), 1n] as const),
  );
  return {
    height: 1n,
    validators: set,
    proposer: (round) => set.ids[round % validators] ?? '',
    self: null,
    timeouts: { proposeMs: 3000, prevoteMs: 1000, precommitMs: 1000, perRoundMs: 500, repeatMs: 1000 },
    options: { raiseValidOnOldPolka: true, endStepEarly: true },
  };
};

/** One decided height as a node sees it: the proposal, its verdict, and every validator's two votes. */
const heightOf = (params: HeightParams): readonly Message[] => {
  const value = 'b'.repeat(64);
  const votes = (kind: Vote['kind']): readonly Message[] =>
    params.validators.ids.map((voter) => ({
      _tag: 'VoteReceived',
      vote: { vote: { kind, height: 1n, round: 0, voter, value, against: null, polRound: null }, signed: null },
    }));
  const proposal = { height: 1n, round: 0, value, validRound: null, proposer: params.proposer(0) };
  return [
    { _tag: 'StartHeight', params },
    { _tag: 'ProposalReceived', proposal: { proposal, signed: null }, timely: true },
    { _tag: 'ValueJudged', height: 1n, value, verdict: 'valid' },
    ...votes('prevote'),
    ...votes('precommit'),
  ];
};

const run = (inputs: readonly Message[]): CoreState<null, null> =>
  inputs.reduce((state, input) => step(state, input).state, initialState<null, null>());

const heightsPerSample = 50;

/** Microseconds per input, the fastest of many samples: the least disturbed one. */
const microsPerInput = (validators: number): number => {
  const inputs = heightOf(paramsOf(validators));
  let best = Infinity;
  for (let sample = 0; sample < 20; sample++) {
    const started = performance.now();
    for (let i = 0; i < heightsPerSample; i++) run(inputs);
    best = Math.min(best, ((performance.now() - started) * 1000) / (heightsPerSample * inputs.length));
  }
  return best;
};

test('a vote costs the same however many validators there are', () => {
  const figures = [4, 10, 50, 100, 200].map((validators) => ({ validators, micros: microsPerInput(validators) }));
  const reference = figures.find(({ validators }) => validators === 100)?.micros ?? NaN;
  for (const { validators, micros } of figures) {
    console.log(
      `step, ${validators} validators: ${micros.toFixed(2)} µs per input, ${(micros / reference).toFixed(2)} × that of 100 validators`,
    );
  }
  expect(run(heightOf(paramsOf(100))).height?.decision?.value).toBe('b'.repeat(64));
});
