// The API reference's "DAO Governance Example", in the form decisions.md §3 gives it.
import { generateKeyPair, identityOf } from '@zhtp/crypto';
import { option as O } from 'fp-ts';
import { DaoEngine, type GovernanceEvent } from '@zhtp/dao';
import { expect, test } from 'vitest';
import { right, ZHTP } from './support.ts';

const person = () => identityOf('ML-DSA-65', generateKeyPair('ML-DSA-65').publicKey);

/** Blocks of ten seconds from 2027-01-15T08:00:00Z. */
const at = (height: bigint) => ({ height, timeSeconds: 1_800_000_000n + 10n * height });
const WEEK_OF_BLOCKS = 60_480n;
const EPOCH_OF_BLOCKS = 100n;

test('a proposal to raise validator rewards is created, voted for, passes after seven days and is executed an epoch later', () => {
  const [proposer, voter] = [person(), person()];
  const dao = right(DaoEngine.create({ chainId: 'usage' }));
  right(dao.setVotingWeight({ identity: proposer, weight: 40n, height: 0n }));
  right(dao.setVotingWeight({ identity: voter, weight: 60n, height: 0n }));
  const told: GovernanceEvent[] = [];
  dao.events$.subscribe((event) => told.push(event));
  expect(right(dao.chainParameter('baseRewardMicro'))).toBe(100n * ZHTP);

  const proposalId = right(
    dao.createDaoProposal({
      proposer,
      title: 'Increase Validator Rewards',
      description: 'Proposal to increase base validator rewards by 20%.',
      proposalType: 'EconomicParams',
      votingPeriodDays: 7,
      executionParams: {
        action: {
          _tag: 'GovernanceParameterUpdate',
          updates: [{ _tag: 'ChainParameter', name: 'baseRewardMicro', value: 120n * ZHTP }],
        },
      },
      at: at(1n),
    }),
  );
  const voteId = right(
    dao.castDaoVote({
      voter,
      proposalId,
      voteChoice: { _tag: 'Yes' },
      justification: 'Supporting increased validator incentives',
      at: at(2n),
    }),
  );

  expect(dao.getVote(proposalId, voter)).toMatchObject(
    O.some({ id: voteId, votingPower: 60n, justification: O.some('Supporting increased validator incentives') }),
  );
  expect(dao.getProposal(proposalId)).toMatchObject(
    O.some({ status: 'Active', voteTally: { yesVotes: 1n, weightedYes: 60n, totalEligiblePower: 100n } }),
  );

  right(dao.processExpiredProposals(at(WEEK_OF_BLOCKS)));
  expect(dao.getProposal(proposalId)).toMatchObject(O.some({ status: 'Active' }));
  right(dao.processExpiredProposals(at(WEEK_OF_BLOCKS + 1n)));
  expect(dao.getProposal(proposalId)).toMatchObject(O.some({ status: 'Passed' }));
  right(dao.processExpiredProposals(at(WEEK_OF_BLOCKS + 1n + EPOCH_OF_BLOCKS)));
  expect(dao.getProposal(proposalId)).toMatchObject(O.some({ status: 'Executed' }));
  expect(right(dao.chainParameter('baseRewardMicro'))).toBe(120n * ZHTP);
  expect(told.map(({ _tag }) => _tag)).toContain('ParametersDecided');
});
