import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findCulprits,
  makeCertificate,
  verifyEvidence,
  type CollectedMessages,
  type Culprit,
  type CulpritsReport,
} from '@zhtp/chain';
import type { CommitCertificate, ConsensusVote, Hash, IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  CONTEXT,
  hashOf,
  precommits,
  range,
  right,
  toyProposal,
  toySet,
  toyVerify,
  toyVote,
  voteContent,
} from './support.ts';
import type { VoteContent } from '@zhtp/chain';

const HEIGHT = 7n;
const [X, Y] = [hashOf('x'), hashOf('y')];
const NOTHING: CollectedMessages = { votes: [], proposals: [], certificates: [] };

const setOfSize = (n: number) => toySet(range(n).map(() => 1n));

const prevotes = (n: number, positions: readonly number[], fields: Partial<VoteContent>): readonly ConsensusVote[] =>
  precommits(setOfSize(n), positions, { voteType: 'PreVote', ...fields });

const judge = (n: number, collected: Partial<CollectedMessages>): CulpritsReport =>
  findCulprits(CONTEXT, setOfSize(n), HEIGHT, { ...NOTHING, ...collected }, toyVerify);

const positionsOf = (n: number, culprits: readonly Culprit[]): readonly number[] =>
  culprits.map(({ validator }) => setOfSize(n).indexOf(validator)).toSorted((a, b) => a - b);

const evidenceHolds = (n: number, { convicted }: CulpritsReport): boolean =>
  convicted.every(({ evidence }) =>
    evidence.every((each) => verifyEvidence(CONTEXT, setOfSize(n), each, toyVerify)._tag === 'Right'),
  );

/** A size and two quorums of it. */
const twoQuorums = fc.integer({ min: 4, max: 13 }).chain((n) => {
  const least = Math.floor((2 * n) / 3) + 1;
  const quorum = fc.subarray([...range(n)], { minLength: least });
  return fc.record({ n: fc.constant(n), a: quorum, b: quorum });
});

const common = (a: readonly number[], b: readonly number[]): readonly number[] => a.filter((each) => b.includes(each));

describe('culprits', () => {
  test('of two polkas of one round are exactly their common voters, a third or more', () => {
    fc.assert(
      fc.property(twoQuorums, ({ n, a, b }) => {
        const votes = [...prevotes(n, a, { proposalId: O.some(X) }), ...prevotes(n, b, { proposalId: O.some(Y) })];
        const report = judge(n, { votes });
        expect(positionsOf(n, report.convicted)).toEqual(common(a, b));
        expect(report).toMatchObject({ asked: [], explainsFork: true, ignored: 0 });
        expect(evidenceHolds(n, report)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('of a commit and a later polka without a claim are exactly their common voters, by amnesia', () => {
    fc.assert(
      fc.property(twoQuorums, fc.option(fc.constant(0)), ({ n, a, b }, claim) => {
        const certificate = right(
          makeCertificate(setOfSize(n), precommits(setOfSize(n), a, { proposalId: O.some(X) })),
        );
        const votes = prevotes(n, b, { proposalId: O.some(Y), round: 3, polRound: O.fromNullable(claim) });
        const report = judge(n, { votes, certificates: [certificate] });
        expect(positionsOf(n, report.convicted)).toEqual(common(a, b));
        expect(report.convicted.every(({ evidence }) => evidence.every(({ _tag }) => _tag === 'Amnesia'))).toBe(true);
        expect(report.decided).toEqual([X]);
        expect(evidenceHolds(n, report)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('of two commits of one round are their common signers, and both blocks are named', () => {
    const set = setOfSize(4);
    const certificates = [
      right(makeCertificate(set, precommits(set, [0, 1, 2], { proposalId: O.some(X) }))),
      right(makeCertificate(set, precommits(set, [1, 2, 3], { proposalId: O.some(Y) }))),
    ];
    const report = judge(4, { certificates });
    expect(positionsOf(4, report.convicted)).toEqual([1, 2]);
    expect(report.decided).toEqual([X, Y].toSorted());
    expect(report).toMatchObject({ power: 2n, totalPower: 4n, explainsFork: true });
  });

  test('are named by the commit of the round that decided, where one of a later round names nobody', () => {
    const set = setOfSize(4);
    const commit = (positions: readonly number[], block: Hash, round: number) =>
      right(makeCertificate(set, precommits(set, positions, { proposalId: O.some(block), round })));
    // One side left the height in round 0 and keeps no polkas of it, the other decided in round 1.
    const votes = prevotes(4, [0, 1, 3], { proposalId: O.some(Y), round: 1 });
    const other = commit([0, 1, 3], Y, 1);
    const named = (ofX: CommitCertificate): readonly number[] => {
      const { convicted, asked, decided } = judge(4, { votes, certificates: [other, ofX] });
      expect(decided).toEqual([X, Y].toSorted());
      return positionsOf(4, [...convicted, ...asked]);
    };
    expect(named(commit([0, 1, 2], X, 0))).toEqual([0, 1]);
    expect(named(commit([0, 1, 2], X, 2))).toEqual([]);
  });

  test('are asked for a polka they claim, until it is shown', () => {
    const votes = [
      ...precommits(setOfSize(4), [0, 1, 2], { proposalId: O.some(X), round: 1 }),
      ...prevotes(4, [0, 1, 3], { proposalId: O.some(Y), round: 4, polRound: O.some(2) }),
    ];
    const report = judge(4, { votes });
    expect(report.convicted).toEqual([]);
    expect(positionsOf(4, report.asked)).toEqual([0, 1]);
    expect(report.asked[0]?.unshownPolkas).toMatchObject([{ polRound: 2 }]);
    expect(report.explainsFork).toBe(true);
    const polka = prevotes(4, [1, 2, 3], { proposalId: O.some(Y), round: 2, polRound: O.none });
    const shown = judge(4, { votes: [...votes, ...polka] });
    expect(shown.asked).toEqual([]);
    // Who made that polka possible had precommitted X: two of its voters are convicted now.
    expect(positionsOf(4, shown.convicted)).toEqual([1, 2]);
    const short = judge(4, { votes: [...votes, ...polka.slice(0, 2)] });
    expect(positionsOf(4, [...short.convicted, ...short.asked])).toEqual([0, 1, 2]);
  });

  test.each([
    ['below the precommit', 0, [0, 1], []],
    ['of the round of the precommit', 1, [], [0, 1]],
    ['of a later round', 2, [], [0, 1]],
  ] as const)('with a claimed polka %s', (_where, polRound, convicted, asked) => {
    const votes = [
      ...precommits(setOfSize(4), [0, 1, 2], { proposalId: O.some(X), round: 1 }),
      ...prevotes(4, [0, 1, 3], { proposalId: O.some(Y), round: 4, polRound: O.some(polRound) }),
    ];
    const report = judge(4, { votes });
    expect([positionsOf(4, report.convicted), positionsOf(4, report.asked)]).toEqual([convicted, asked]);
  });

  test('are found by two attestations of one height', () => {
    const attestations = [X, Y].map((app) =>
      toyVote({ voteType: 'Commit', round: 0, proposalId: O.some(X), appHash: O.some(app), voter: idAt(2) }),
    );
    const report = judge(4, { votes: attestations });
    expect(positionsOf(4, report.convicted)).toEqual([2]);
    expect(evidenceHolds(4, report)).toBe(true);
    expect(judge(4, { votes: attestations.slice(1) }).convicted).toEqual([]);
  });

  test.each([
    [4, [0], false],
    [6, [0], false],
    [6, [0, 1], true],
    [6, [0, 1, 2], true],
  ] as const)('of %i validators explain a fork from a third on: %j, %s', (n, liars, explainsFork) => {
    const votes = [X, Y].flatMap((block) => prevotes(n, liars, { proposalId: O.some(block) }));
    expect(judge(n, { votes })).toMatchObject({ power: BigInt(liars.length), explainsFork });
  });

  test('are not those who follow the rules: an unlock by a later polka, nil votes, the same vote twice', () => {
    const mine = (fields: Partial<VoteContent>): ConsensusVote => toyVote({ height: HEIGHT, ...fields });
    const votes = [
      mine({ voteType: 'PreCommit', proposalId: O.some(X), round: 0 }),
      mine({ voteType: 'PreVote', proposalId: O.none, round: 1 }),
      mine({ voteType: 'PreCommit', proposalId: O.none, round: 1 }),
      mine({ voteType: 'PreVote', proposalId: O.some(X), round: 2 }),
      mine({ voteType: 'PreVote', proposalId: O.some(Y), round: 4, polRound: O.some(3) }),
      mine({ voteType: 'PreCommit', proposalId: O.some(Y), round: 4 }),
    ];
    const polka = prevotes(4, [1, 2, 3], { proposalId: O.some(Y), round: 3 });
    const report = judge(4, { votes: [...votes, ...votes, ...polka] });
    expect(report).toMatchObject({ convicted: [], asked: [], power: 0n, explainsFork: false, ignored: 0 });
  });

  test('are found by two proposals of one round, and an Against beside a prevote', () => {
    const proposals = [toyProposal({ id: X, height: HEIGHT }), toyProposal({ id: Y, height: HEIGHT })];
    const votes = [
      toyVote({ voteType: 'PreVote', proposalId: O.some(X), voter: idAt(1) }),
      toyVote({ voteType: 'Against', proposalId: O.some(X), voter: idAt(1) }),
    ];
    const report = judge(4, { proposals, votes });
    expect(report.convicted.flatMap(({ evidence }) => evidence.map(({ _tag }) => _tag)).toSorted()).toEqual([
      'DuplicateProposal',
      'DuplicateVote',
    ]);
  });

  test('are not convicted by messages of another height or chain, of strangers, or with a signature not theirs', () => {
    const first = toyVote({ proposalId: O.some(X) });
    const second = toyVote({ proposalId: O.some(Y) });
    const wrong: readonly ConsensusVote[] = [
      toyVote({ proposalId: O.some(Y), height: HEIGHT + 1n }),
      toyVote({ proposalId: O.some(Y) }, { ...CONTEXT, genesisHash: hashOf('another chain') }),
      toyVote({ proposalId: O.some(Y), voter: hashOf('stranger') as string as IdentityId }),
      { ...second, signature: first.signature },
      { ...second, id: hashOf('another id') },
      { ...second, voter: idAt(2) },
    ];
    for (const vote of wrong) {
      const report = judge(4, { votes: [first, vote] });
      expect(report).toMatchObject({ convicted: [], asked: [], ignored: 1 });
    }
    expect(judge(4, { votes: [first, second] }).convicted).toHaveLength(1);
  });

  test('are the same whatever the order of the messages', () => {
    const votes = [
      ...precommits(setOfSize(4), [0, 1, 2], { proposalId: O.some(X), round: 0 }),
      ...prevotes(4, [0, 1, 2, 3], { proposalId: O.some(X), round: 0 }),
      ...prevotes(4, [1, 2, 3], { proposalId: O.some(Y), round: 2 }),
      ...prevotes(4, [0], { proposalId: O.some(Y), round: 2, polRound: O.some(1) }),
    ];
    const expected = judge(4, { votes });
    expect(positionsOf(4, expected.convicted)).toEqual([1, 2]);
    expect(positionsOf(4, expected.asked)).toEqual([0]);
    fc.assert(
      fc.property(fc.shuffledSubarray(votes, { minLength: votes.length }), (shuffled) => {
        expect(judge(4, { votes: shuffled })).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

const idAt = (position: number): IdentityId => {
  const validator = setOfSize(4).validators[position];
  return validator === undefined ? voteContent({}).voter : validator.identity;
};
