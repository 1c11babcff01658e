import { describeVectors } from '@zhtp/testing';
import { expect, test } from 'vitest';
import {
  certificateFault,
  isQuorum,
  isSkip,
  numberedSet,
  type SignedVote,
  type ValueId,
  VoteKeeper,
  votingSet,
} from '@zhtp/bft';

interface Bound {
  readonly weight: number;
  readonly total: number;
  readonly met: boolean;
}

interface Vectors {
  readonly quorum_strictly_more_than_two_thirds: readonly Bound[];
  readonly honest_strictly_more_than_one_third: readonly Bound[];
  readonly voteSet: readonly {
    readonly name: string;
    readonly validators: number;
    readonly power: number;
    readonly votes: readonly (readonly [number, string | null])[];
    readonly majorityAfter: readonly {
      readonly n: number;
      readonly two_thirds?: boolean;
      readonly two_thirds_nil?: boolean;
    }[];
  }[];
  readonly commitVerification: {
    readonly cases: readonly {
      readonly validators: number;
      readonly blockVotes: number;
      readonly ok: boolean;
      readonly why?: string;
    }[];
  };
}

const setOf = (validators: number, power: number) =>
  numberedSet(
    votingSet(
      Array.from({ length: validators }, (_, index) => [`v${String(index).padStart(3, '0')}`, BigInt(power)] as const),
    ),
  );

const vote = (kind: 'prevote' | 'precommit', voter: string, value: ValueId | null): SignedVote<null> => ({
  vote: { kind, height: 1n, round: 0, voter, value, against: null, polRound: null },
  signed: null,
});

describeVectors<Vectors>(
  'quorum arithmetic of consensus/votes_quorum_commit.json',
  'consensus/votes_quorum_commit.json',
  (vectors) => {
    test.each(vectors.quorum_strictly_more_than_two_thirds)(
      '$weight of $total is a quorum: $met',
      ({ weight, total, met }) => {
        expect(isQuorum(BigInt(weight), BigInt(total))).toBe(met);
      },
    );

    test.each(vectors.honest_strictly_more_than_one_third)(
      '$weight of $total contains a correct validator: $met',
      ({ weight, total, met }) => {
        expect(isSkip(BigInt(weight), BigInt(total))).toBe(met);
      },
    );

    test.each(vectors.voteSet)('$name', ({ validators, power, votes, majorityAfter }) => {
      const set = setOf(validators, power);
      const keeper = new VoteKeeper<null>(set);
      votes.forEach(([voter, value], index) => {
        keeper.add(vote('prevote', set.ids[voter] ?? '', value), 0);
        const expected = majorityAfter.find(({ n }) => n === index + 1);
        const majority = keeper.round(0)?.tally('prevote').majority();
        if (expected?.two_thirds !== undefined) expect(majority !== undefined).toBe(expected.two_thirds);
        if (expected?.two_thirds_nil !== undefined) expect(majority === null).toBe(expected.two_thirds_nil);
      });
      expect.hasAssertions();
    });

    // Cases with a `why` are about signatures, bitmap widths and heights: those of the encoded certificate belong to the chain package.
    const numeric = vectors.commitVerification.cases.filter(({ why }) => why === undefined);
    test.each(numeric)('$blockVotes of $validators commit: $ok', ({ validators, blockVotes, ok }) => {
      const set = setOf(validators, 10);
      const votes = set.ids.slice(0, blockVotes).map((voter) => vote('precommit', voter, 'B'));
      expect(certificateFault({ kind: 'commit', height: 1n, round: 0, value: 'B', votes }, set, 1n) === null).toBe(ok);
    });

    test('a certificate of two signatures by one validator does not stand', () => {
      const set = setOf(1, 10);
      const votes = ['v000', 'v000'].map((voter) => vote('precommit', voter, 'B'));
      expect(certificateFault({ kind: 'commit', height: 1n, round: 0, value: 'B', votes }, set, 1n)).toBe(
        'DuplicateSigner',
      );
      expect(certificateFault({ kind: 'commit', height: 2n, round: 0, value: 'B', votes }, set, 1n)).toBe(
        'WrongHeight',
      );
      expect(certificateFault({ kind: 'commit', height: 1n, round: 0, value: 'A', votes }, set, 1n)).toBe('MixedVotes');
    });
  },
);
