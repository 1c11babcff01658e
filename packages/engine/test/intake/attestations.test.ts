import { either as E, option as O } from 'fp-ts';
import { duplicateVote } from '@zhtp/chain';
import type { ConsensusVote } from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { createAttestations } from '../../src/intake/attestations.ts';
import type { HeightView } from '../../src/height/height-view.ts';
import type { JournalEntry } from '../../src/recovery/journal-entry.ts';
import { testContext } from '../support/context.ts';
import { VALIDATORS } from '../support/genesis.ts';
import { payloadOf } from '../support/signed.ts';
import { hashNamed, identityNamed, vote } from '../support/votes.ts';

/** Four validators stand at height 5, of power 1 each unless said otherwise. */
const standing = (executionAttestations = true, powers: readonly bigint[] = [1n, 1n, 1n, 1n]) => {
  const base = testContext(5n);
  const weighed = makeValidatorSet(VALIDATORS.map((each, i) => ({ ...each, votingPower: powers[i] ?? 1n })));
  if (E.isLeft(weighed)) throw new Error(weighed.left);
  const view = (): HeightView => {
    const plain = base.ctx.view();
    const parameters = { ...plain.state.parameters, executionAttestations };
    const sets = { ...plain.sets, current: weighed.right };
    return { ...plain, sets, state: { ...plain.state, parameters } };
  };
  const attestations = createAttestations({ ...base.ctx, view });
  return {
    ...base,
    attestations,
    alarms: () =>
      base.events.flatMap((event) => (event._tag === 'ResultDiverged' ? [[event.power, event.decided] as const] : [])),
    evidence: () => base.accusations,
  };
};

/** What the journal of the process before holds: these messages, each in its own record. */
const journalOf = (...votes: readonly ConsensusVote[]): readonly JournalEntry[] =>
  votes.map((each) => ({ _tag: 'Received', payload: payloadOf({ _tag: 'Vote', vote: each }), timely: true }));

const ours = { blockId: hashNamed('block'), appHash: hashNamed('ours') };

const attestation = (voter: string, app = 'ours', change: Partial<ConsensusVote> = {}, signature = 0): ConsensusVote =>
  vote(
    {
      voteType: 'Commit',
      proposalId: O.some(hashNamed('block')),
      appHash: O.some(hashNamed(app)),
      voter: identityNamed(voter),
      ...change,
    },
    signature,
  );

describe('a result that differs from ours', () => {
  test('raises an alarm above a third of the power, and once more above two thirds', () => {
    const { attestations, alarms, ctx } = standing();
    attestations.executed(5n, ours);
    attestations.accept(attestation('v0'));
    attestations.accept(attestation('v1', 'theirs'));
    expect(alarms()).toEqual([]);
    attestations.accept(attestation('v2', 'theirs'));
    expect(alarms()).toEqual([[2n, false]]);
    attestations.accept(attestation('v3', 'theirs'));
    expect(alarms()).toEqual([
      [2n, false],
      [3n, true],
    ]);
    expect(ctx.counters.read()).toMatchObject({ attestationDiverged: 2 });
  });

  test('raises none at exactly a third, and says of exactly two thirds that they decided nothing', () => {
    const { attestations, alarms } = standing(true, [3n, 3n, 1n, 2n]);
    attestations.executed(5n, ours);
    attestations.accept(attestation('v1', 'theirs'));
    expect(alarms()).toEqual([]);
    attestations.accept(attestation('v2', 'theirs'));
    attestations.accept(attestation('v3', 'theirs'));
    expect(alarms()).toEqual([[4n, false]]);
    attestations.accept(attestation('v0', 'theirs'));
    expect(alarms()).toEqual([
      [4n, false],
      [9n, true],
    ]);
  });

  test('is noticed as well when we execute last', () => {
    const { attestations, alarms } = standing();
    for (const voter of ['v1', 'v2', 'v3']) attestations.accept(attestation(voter, 'theirs'));
    expect(alarms()).toEqual([]);
    attestations.executed(5n, ours);
    expect(alarms()).toEqual([[3n, true]]);
  });

  test('names the largest of several, and says of none that it was decided', () => {
    const { attestations, alarms, events } = standing();
    attestations.executed(5n, ours);
    attestations.accept(attestation('v1', 'x'));
    attestations.accept(attestation('v2', 'y'));
    attestations.accept(attestation('v3', 'y'));
    expect(alarms()).toEqual([[2n, false]]);
    expect(events.at(-1)).toMatchObject({ height: 5n, ours, totalPower: 4n });
  });

  test('may differ in the block alone', () => {
    const { attestations, alarms } = standing();
    attestations.executed(5n, ours);
    for (const voter of ['v1', 'v2'])
      attestations.accept(attestation(voter, 'ours', { proposalId: O.some(hashNamed('another block')) }));
    expect(alarms()).toEqual([[2n, false]]);
  });

  test('of another height is held against that height alone', () => {
    const { attestations, alarms } = standing();
    attestations.executed(5n, ours);
    for (const voter of ['v1', 'v2', 'v3']) attestations.accept(attestation(voter, 'theirs', { height: 6n }));
    expect(alarms()).toEqual([]);
  });

  test('halts nothing by itself', () => {
    const { attestations, halts } = standing();
    attestations.executed(5n, ours);
    for (const voter of ['v1', 'v2', 'v3']) attestations.accept(attestation(voter, 'theirs'));
    expect(halts).toEqual([]);
  });
});

describe('two attestations of one validator and height', () => {
  test('are evidence, once, and the first one counts', () => {
    const { attestations, evidence, alarms } = standing();
    attestations.executed(5n, ours);
    const [first, second] = [attestation('v1'), attestation('v1', 'theirs')];
    attestations.accept(first);
    attestations.accept(second);
    attestations.accept(attestation('v1', 'third'));
    expect(evidence()).toEqual([duplicateVote(first, second)]);
    attestations.accept(attestation('v2', 'theirs'));
    expect(alarms()).toEqual([]);
  });

  test('of two heights are none, nor are two signatures under one content', () => {
    const { attestations, evidence } = standing();
    attestations.accept(attestation('v1'));
    attestations.accept(attestation('v1', 'ours', {}, 7));
    attestations.accept(attestation('v1', 'theirs', { height: 6n }));
    expect(evidence()).toEqual([]);
  });
});

test('what was attested of heights further back is forgotten', () => {
  const { attestations, moveTo, alarms } = standing();
  for (const voter of ['v1', 'v2', 'v3']) attestations.accept(attestation(voter, 'theirs'));
  moveTo(7n);
  attestations.accept(attestation('v1', 'ours', { height: 7n }));
  attestations.executed(5n, ours);
  expect(alarms()).toEqual([]);
});

describe('attestations of the journal', () => {
  test('convict whoever attests another result after our restart', () => {
    const { attestations, evidence } = standing();
    const [first, second] = [attestation('v1'), attestation('v1', 'theirs')];
    attestations.restore(journalOf(first));
    expect(evidence()).toEqual([]);
    attestations.accept(second);
    expect(evidence()).toEqual([duplicateVote(first, second)]);
  });

  test('convict again who attested two before: what was not stored in time is found a second time', () => {
    const { attestations, evidence } = standing();
    const [first, second] = [attestation('v1'), attestation('v1', 'theirs')];
    attestations.restore(journalOf(first, second, first));
    expect(evidence()).toEqual([duplicateVote(first, second)]);
  });

  test('count for the alarm', () => {
    const { attestations, alarms } = standing();
    attestations.restore(journalOf(attestation('v1', 'theirs'), attestation('v2', 'theirs')));
    attestations.executed(5n, ours);
    expect(alarms()).toEqual([[2n, false]]);
  });

  test('are known, so that a copy is dropped before it is verified', () => {
    const { attestations, ctx } = standing();
    attestations.restore(journalOf(attestation('v1')));
    expect(ctx.view().seen.look(attestation('v1'), 2)).toBe('known');
  });

  test('of heights too far back, and other messages, are passed over', () => {
    const { attestations, evidence } = standing();
    const old = { height: 3n };
    attestations.restore([
      ...journalOf(attestation('v1', 'ours', old), attestation('v1', 'theirs', old), vote({ voteType: 'PreVote' })),
      { _tag: 'HeightStarted', height: 5n },
      { _tag: 'Received', payload: Uint8Array.of(255), timely: true },
    ]);
    expect(evidence()).toEqual([]);
  });

  test('are left alone where nobody attests', () => {
    const { attestations, evidence } = standing(false);
    attestations.restore(journalOf(attestation('v1'), attestation('v1', 'theirs')));
    expect(evidence()).toEqual([]);
  });

  test('are written again when a height ends, those that still count: both contents of who signed two', () => {
    const { attestations, recorded } = standing();
    const [first, second] = [attestation('v1'), attestation('v1', 'theirs')];
    const [before, after] = [attestation('v0', 'ours', { height: 4n }), attestation('v0', 'ours', { height: 6n })];
    for (const each of [before, first, second, after]) attestations.accept(each);
    attestations.rotated(5n);
    expect(recorded).toEqual(journalOf(first, second, after));
  });
});
