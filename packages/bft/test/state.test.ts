import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneState, fingerprint, initialState, type Input, step } from '@zhtp/bft';
import { params, precommit, prevote, proposal, type Signed } from './support/world.ts';

type TestInput = Input<Signed, Signed>;

const value = fc.constantFrom('a', 'b');
const voter = fc.constantFrom('v1', 'v2', 'v3', 'v4');
const round = fc.nat(4);
const height = fc.constantFrom(1n, 1n, 1n, 2n);

const input: fc.Arbitrary<TestInput> = fc.oneof(
  fc
    .record({ voter, value: fc.option(value), round, height })
    .map((v): TestInput => ({ _tag: 'VoteReceived', vote: prevote(v.voter, v.value, v.round, { height: v.height }) })),
  fc.record({ voter, value: fc.option(value), round, height }).map((v): TestInput => ({
    _tag: 'VoteReceived',
    vote: precommit(v.voter, v.value, v.round, { height: v.height }),
  })),
  fc.record({ voter, value, round, height }).map((p): TestInput => ({
    _tag: 'ProposalReceived',
    proposal: proposal(p.voter, p.value, p.round, null, p.height),
    timely: true,
  })),
  value.map((judged): TestInput => ({ _tag: 'ValueJudged', height: 1n, value: judged, verdict: 'valid' })),
  fc
    .record({ kind: fc.constantFrom('propose', 'prevote', 'precommit', 'repeat'), round })
    .map((t): TestInput => ({ _tag: 'TimeoutElapsed', height: 1n, ...t })),
  value.map((signed): TestInput => ({
    _tag: 'CertificateReceived',
    certificate: {
      kind: 'polka',
      height: 1n,
      round: 1,
      value: signed,
      votes: ['v1', 'v2', 'v3'].map((id) => prevote(id, signed, 1)),
    },
  })),
);

const started = () => step(initialState<Signed, Signed>(), { _tag: 'StartHeight', params: params('v1') }).state;
const run = (state: ReturnType<typeof started>, inputs: readonly TestInput[]) =>
  inputs.reduce((now, next) => step(now, next).state, state);

describe('the state', () => {
  test('is a function of the inputs: replaying them gives the same effects and the same fingerprint', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        let a = started();
        let b = started();
        for (const given of inputs) {
          const [stepA, stepB] = [step(a, given), step(b, given)];
          expect(stepB.effects).toEqual(stepA.effects);
          [a, b] = [stepA.state, stepB.state];
        }
        expect(fingerprint(b)).toBe(fingerprint(a));
      }),
    );
  });

  test('can be cloned at any point: what happens to the copy does not happen to the original', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), fc.array(input, { maxLength: 40 }), (before, after) => {
        const original = run(started(), before);
        const kept = fingerprint(original);
        const copy = cloneState(original);
        expect(fingerprint(copy)).toBe(kept);
        const later = fingerprint(run(copy, after));
        expect(fingerprint(original)).toBe(kept);
        expect(fingerprint(run(original, after))).toBe(later);
      }),
    );
  });

  test('has one fingerprint for votes in any order when no rule fired', () => {
    const votes = [prevote('v2', 'a'), precommit('v3', null)].map((vote): TestInput => ({
      _tag: 'VoteReceived',
      vote,
    }));
    expect(fingerprint(run(started(), votes))).toBe(fingerprint(run(started(), votes.toReversed())));
    expect(fingerprint(run(started(), votes))).not.toBe(fingerprint(started()));
  });

  test('has the fingerprint of no height before the first one', () => {
    expect(fingerprint(initialState())).toBe(fingerprint(cloneState(initialState())));
  });
});
