import { describeVectors } from '@zhtp/testing';
import { expect, test } from 'vitest';
import { numberedSet, type Threshold, type Vote, VoteKeeper, type VoteKind, votingSet } from '@zhtp/bft';

interface VectorVote {
  readonly type: VoteKind;
  readonly from: string;
  readonly height: number;
  readonly round: number;
  readonly value: string | null;
}

interface Trace {
  readonly name?: string;
  readonly validators: Readonly<Record<string, number>>;
  readonly steps: readonly {
    readonly vote: VectorVote;
    readonly currentRound: number;
    readonly emits: unknown;
    readonly newEvidence?: readonly (readonly VectorVote[])[];
  }[];
}

const voteOf = ({ type, from, height, round, value }: VectorVote): Vote => ({
  kind: type,
  height: BigInt(height),
  round,
  voter: from,
  value,
  against: null,
  polRound: null,
});

const inOrder = (votes: readonly VectorVote[]): readonly VectorVote[] =>
  [...votes].sort((a, b) => (String(a.value) < String(b.value) ? -1 : 1));

const emitted = (threshold: Threshold | null): unknown => {
  if (threshold === null) return null;
  switch (threshold._tag) {
    case 'PolkaAny':
      return { polkaAny: threshold.round };
    case 'PolkaNil':
      return { polkaNil: threshold.round };
    case 'PrecommitAny':
      return { precommitAny: threshold.round };
    case 'PolkaValue':
      return { polkaValue: { round: threshold.round, value: threshold.value } };
    case 'PrecommitValue':
      return { precommitValue: { round: threshold.round, value: threshold.value } };
    case 'Skip':
      return { skipTo: threshold.round };
  }
};

const replay = (trace: Trace): void => {
  const members = Object.entries(trace.validators).map(([id, power]) => [id, BigInt(power)] as const);
  const keeper = new VoteKeeper<null>(numberedSet(votingSet(members)));
  const conflicts = new Map<string, Set<string | null>>();
  for (const [index, { vote, currentRound, emits, newEvidence }] of trace.steps.entries()) {
    const outcome = keeper.add({ vote: voteOf(vote), signed: null }, currentRound);
    const where = `${trace.name ?? 'random'} step ${index}`;
    expect('threshold' in outcome ? emitted(outcome.threshold) : outcome._tag, where).toEqual(emits);
    // The specification reports all contents of a slot each time one joins; the keeper names the counted one with each conflict.
    const slot = `${vote.type} ${vote.round} ${vote.from}`;
    const contents = conflicts.get(slot) ?? new Set();
    const fresh = outcome._tag === 'Conflict' && !contents.has(vote.value);
    if (outcome._tag === 'Conflict') {
      expect(outcome.again, where).toBe(contents.size > 0);
      conflicts.set(slot, contents.add(outcome.first.vote.value).add(vote.value));
    }
    expect(fresh ? [inOrder([...contents].map((value) => ({ ...vote, value })))] : undefined, where).toEqual(
      newEvidence?.map(inOrder),
    );
  }
};

for (const file of ['consensus/malachite_votekeeper_named.json', 'consensus/malachite_votekeeper_random.json.gz']) {
  describeVectors<{ readonly traces: readonly Trace[] }>(
    `the vote keeper follows the specification in ${file}`,
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
