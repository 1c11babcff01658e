import { describeVectors } from '@zhtp/testing';
import type { DaoVoteChoice, IdentityId } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { CHAIN_PARAMETERS, DaoEngine, isQuorumReached, noBallots } from '@zhtp/dao';
import { isApproved } from '../src/outcome.ts';
import { after, block, person, range, request, right, some } from './support.ts';

interface TallyCase {
  readonly name: string;
  readonly validators: number;
  readonly powerEach: number;
  readonly totalBonded: number;
  readonly delegations: readonly { readonly delegator: string; readonly validator: string; readonly shares: number }[];
  readonly votes: readonly (readonly [string, string])[];
  readonly expect: Readonly<Record<'yes' | 'abstain' | 'no' | 'veto' | 'spam', number>> & { readonly pass: boolean };
}

const CHOICES: Readonly<Record<string, DaoVoteChoice>> = {
  yes: { _tag: 'Yes' },
  no: { _tag: 'No' },
  abstain: { _tag: 'Abstain' },
};

/** A veto or spam option and a delegator over two validators are rules we do not have (decisions.md §7). */
const applies = ({ votes, delegations }: TallyCase): boolean =>
  votes.every(([, choice]) => choice in CHOICES) &&
  new Set(delegations.map(({ delegator }) => delegator)).size === delegations.length;

/** Own weights: a validator's power is what was delegated to it and what is its own. */
const weightsOf = ({ validators, powerEach, totalBonded, delegations }: TallyCase): ReadonlyMap<string, bigint> => {
  const weights = new Map<string, bigint>();
  for (const i of range(validators)) weights.set(`v${String(i)}`, totalBonded === 0 ? 0n : BigInt(powerEach));
  for (const { delegator, validator, shares } of delegations) {
    weights.set(validator, (weights.get(validator) ?? 0n) - BigInt(shares));
    weights.set(delegator, BigInt(shares));
  }
  return weights;
};

const tallied = (vector: TallyCase) => {
  // 33.4 % in the vectors; a percentage here, and no case lies between the two.
  const chainParameters = new Map([
    ['quorumEconomicParamsPercent', 33n],
    ['proposalDepositMicro', 0n],
  ]);
  const engine = right(DaoEngine.create({ chainId: 'vectors', chainParameters }));
  for (const [name, weight] of weightsOf(vector))
    right(engine.setVotingWeight({ identity: person(name), weight, height: 0n }));
  const id = right(engine.createDaoProposal(request()));
  const cast = (voter: IdentityId, voteChoice: DaoVoteChoice | undefined) =>
    voteChoice === undefined ? undefined : engine.castDaoVote({ voter, proposalId: id, voteChoice, at: block(1n) });
  const voted = new Set(vector.votes.map(([name]) => name));
  for (const { delegator, validator } of vector.delegations)
    if (!voted.has(delegator)) cast(person(delegator), { _tag: 'Delegate', identity: person(validator) });
  for (const [name, choice] of vector.votes) cast(person(name), CHOICES[choice]);
  right(engine.processExpiredProposals(after(block(1n), 604_800n)));
  const { status, voteTally } = some(engine.getProposal(id));
  return { status, voteTally };
};

describeVectors<{ readonly cases: readonly TallyCase[] }>(
  'tallies of the Cosmos SDK',
  'economics/gov_tally_standard.json',
  ({ cases }) => {
    const applicable = cases.filter(applies);

    test('all but four apply', () => {
      expect(cases.filter((vector) => !applies(vector)).map(({ name }) => name)).toEqual([
        'delegator over two validators',
        'veto > 1/3',
        'yes > 1/2',
        'spam more than all others',
      ]);
    });

    test.each(applicable.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
      const { status, voteTally } = tallied(vector);
      expect(voteTally).toMatchObject({
        weightedYes: BigInt(vector.expect.yes),
        weightedNo: BigInt(vector.expect.no),
        weightedAbstain: BigInt(vector.expect.abstain),
      });
      expect(status === 'Passed').toBe(vector.expect.pass);
    });
  },
);

interface QuorumFraction {
  readonly supply: number;
  readonly quorumPercent: number;
  readonly quorum: number;
  readonly cases: readonly { readonly forVotes: number; readonly reached: boolean }[];
  readonly afterUpdatePercent: number;
  readonly quorumAfter: number;
  readonly maxPercentAllowed: number;
}

describeVectors<{ readonly quorumFraction: QuorumFraction }>(
  'quorum of OpenZeppelin',
  'economics/gov_openzeppelin_quorum.json',
  ({ quorumFraction }) => {
    const { supply, quorumPercent, quorum, cases, afterUpdatePercent, quorumAfter } = quorumFraction;
    const reached = (votes: number, percent: number): boolean =>
      isQuorumReached({ ...noBallots(BigInt(supply)).tally, weightedYes: BigInt(votes) }, BigInt(percent));

    test.each(cases)('$forVotes votes of 100', (vector) => {
      expect(reached(vector.forVotes, quorumPercent)).toBe(vector.reached);
    });

    test('is reached by exactly so many votes, before and after it is changed', () => {
      expect([quorum - 1, quorum].map((votes) => reached(votes, quorumPercent))).toEqual([false, true]);
      expect([quorumAfter - 1, quorumAfter].map((votes) => reached(votes, afterUpdatePercent))).toEqual([false, true]);
    });

    test('may be changed within bounds that lie inside theirs', () => {
      const { max } = CHAIN_PARAMETERS.quorumEconomicParamsPercent;
      expect(max).toBeLessThanOrEqual(BigInt(quorumFraction.maxPercentAllowed));
    });
  },
);

describe('the mistake of taking the quorum for the approval threshold', () => {
  test('is not ours: 30 % of those who decide approve nothing', () => {
    expect(isApproved({ ...noBallots(100n).tally, weightedYes: 30n, weightedNo: 70n }, 5_000n)).toBe(false);
  });
});
