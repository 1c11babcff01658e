import { fingerprint, initialState, step, votingSet, type HeightParams, type Input, type Vote } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createOwnOrder, ownCounted } from '../../src/recovery/own-order.ts';
import { coreVote } from '../../src/loop/translate.ts';
import { hashNamed, identityNamed, vote } from '../support/votes.ts';
import { option as O } from 'fp-ts';

type CoreInput = Input<ConsensusVote, ConsensusProposal>;
type OwnInput = Extract<CoreInput, { readonly _tag: 'OwnSigned' }>;

const X = hashNamed('x');
const SELF = identityNamed('v0');

const signed = (voter: string, kind: Vote['kind'], value: 'x' | 'z' | null) => {
  const core = coreVote(
    vote({
      voteType: kind === 'prevote' ? 'PreVote' : 'PreCommit',
      voter: identityNamed(voter),
      proposalId: value === null ? O.none : O.some(hashNamed(value)),
    }),
  );
  if (core === undefined) throw new Error('an attestation');
  return core;
};
const own = (kind: Vote['kind'], value: 'x' | null, round = 0): OwnInput => {
  const core = signed('v0', kind, value);
  return { _tag: 'OwnSigned', message: { _tag: 'Vote', vote: { ...core, vote: { ...core.vote, round } } } };
};

describe('own messages of the journal', () => {
  test('wait until the place where the core took them', () => {
    const order = createOwnOrder();
    const [prevote, precommit] = [own('prevote', null), own('precommit', null)];
    order.hold(prevote);
    order.hold(precommit);
    expect(order.take(ownCounted(precommit))).toBe(precommit);
    expect(order.take(ownCounted(precommit))).toBeUndefined();
    expect(order.take(ownCounted(own('prevote', null, 1)))).toBeUndefined();
    expect(order.rest()).toEqual([prevote]);
  });

  test('that the core had not taken come last, in the order of the journal', () => {
    const order = createOwnOrder();
    const all = [own('prevote', null), own('precommit', null), own('prevote', 'x', 1)];
    for (const input of all) order.hold(input);
    expect(order.rest()).toEqual(all);
  });
});

test('an own vote counted where its record stands, not where the core had it, would lose a lock', () => {
  const ids = ['v0', 'v1', 'v2', 'v3'].map(identityNamed);
  const params: HeightParams = {
    height: 5n,
    validators: votingSet(ids.map((id) => [id, 1n])),
    proposer: () => identityNamed('v1'),
    self: SELF,
    timeouts: { proposeMs: 1, prevoteMs: 1, precommitMs: 1, perRoundMs: 1, repeatMs: 1 },
    options: { raiseValidOnOldPolka: true, endStepEarly: true },
  };
  const received = (voter: string, value: 'x' | 'z'): CoreInput => ({
    _tag: 'VoteReceived',
    vote: signed(voter, 'prevote', value),
  });
  // Validator 3 lies: it prevotes another block to us, and takes part in the polka.
  const polka: CoreInput = {
    _tag: 'CertificateReceived',
    certificate: {
      kind: 'polka',
      height: 5n,
      round: 0,
      value: X,
      votes: ['v1', 'v2', 'v3'].map((voter) => signed(voter, 'prevote', 'x')),
    },
  };
  const before: readonly CoreInput[] = [
    { _tag: 'StartHeight', params },
    { _tag: 'ValueJudged', height: 5n, value: X, verdict: 'valid' },
    { _tag: 'TimeoutElapsed', kind: 'propose', height: 5n, round: 0 },
    received('v1', 'x'),
    received('v3', 'z'),
  ];
  const run = (inputs: readonly CoreInput[]) =>
    inputs.reduce((state, input) => step(state, input).state, initialState<ConsensusVote, ConsensusProposal>());
  const late = own('prevote', null);
  const lived = run([...before, polka, late]);
  const recorded = run([...before, late, polka]);
  expect(lived.height?.machine.locked).toEqual({ value: X, round: 0 });
  expect(recorded.height?.machine.locked).toBeNull();

  const order = createOwnOrder();
  order.hold(late);
  const taken = order.take(ownCounted(late));
  const replayed = run([...before, polka, ...(taken === undefined ? [] : [taken])]);
  expect(fingerprint(replayed)).toBe(fingerprint(lived));
});
