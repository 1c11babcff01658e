import { ZERO_HASH, type DaoProposalType } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { DaoEngine, type ProposalRequest } from '@zhtp/dao';
import { after, block, chain, DAY, pass, person, refusalOf, request, right, some, tags, ZHTP } from './support.ts';

const statusOf = (engine: DaoEngine, id: ReturnType<typeof pass>['id']) => some(engine.getProposal(id)).status;
const vote = (engine: DaoEngine, name: string, proposalId: ReturnType<typeof pass>['id'], at = block(2n)) =>
  engine.castDaoVote({ voter: person(name), proposalId, voteChoice: { _tag: 'Yes' }, at });

describe('DaoEngine.createDaoProposal', () => {
  test('puts a proposal to the vote with the quorum of its type and the eligible power of its snapshot', () => {
    const { engine } = chain();
    const id = right(engine.createDaoProposal(request()));
    expect(some(engine.getProposal(id))).toMatchObject({
      id,
      status: 'Active',
      quorumRequired: 10n,
      votingStartTime: block(1n).timeSeconds,
      votingEndTime: block(1n).timeSeconds + 7n * DAY,
      createdAtHeight: 1n,
      privacyLevel: 'Public',
      voteTally: { totalEligiblePower: 200n, totalVotes: 0n },
    });
  });

  test('gives two equal proposals of one proposer different ids, and the same ids on another node', () => {
    const ids = [chain(), chain()].map(({ engine }) => [
      right(engine.createDaoProposal(request())),
      right(engine.createDaoProposal(request())),
    ]);
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set(ids.flat()).size).toBe(2);
    const elsewhere = chain({}, { chainId: 'another' });
    expect(ids.flat()).not.toContain(right(elsewhere.engine.createDaoProposal(request())));
  });

  test.each([
    [{ title: '' }, 'title is blank'],
    [{ title: ' \n' }, 'title is blank'],
    [{ title: 'x'.repeat(201) }, 'title is longer than 200 characters'],
    [{ title: '\ud800' }, 'title is "\\ud800", it must be well-formed text'],
    [{ description: 'x'.repeat(20_001) }, 'description is longer than 20000 characters'],
    [{ votingPeriodDays: 0 }, 'it must be from 86400 to 31536000 s'],
    [{ votingPeriodDays: 366 }, 'it must be from 86400 to 31536000 s'],
    [{ votingPeriodDays: 1.5 }, 'votingPeriodDays is 1.5'],
    [{ votingPeriodSeconds: DAY }, 'one of the two'],
    [{ privacyLevel: 'Private' }, 'privacyLevel Private is not supported'],
    [{ votingDelaySeconds: 365n * DAY + 1n }, 'votingDelaySeconds is 31536001'],
    [
      {
        economicImpact: {
          ubiImpact: 'Low',
          economicImpact: 'Low',
          socialImpact: 'Low',
          transparency: 101,
          expectedOutcomes: [],
          successCriteria: [],
        },
      },
      'transparency from 0 to 100',
    ],
    [{ at: { height: 1n, timeSeconds: 2n ** 64n - DAY } }, 'beyond 64 bits'],
  ] satisfies readonly [Partial<ProposalRequest>, string][])(
    'refuses what is out of bounds, row %$',
    (change, message) => {
      expect(refusalOf(chain().engine.createDaoProposal(request(change)))).toMatch(/^DaoError: /);
      expect(refusalOf(chain().engine.createDaoProposal(request(change)))).toContain(message);
    },
  );

  test.each([
    { title: 'x'.repeat(200), description: '𝔻'.repeat(20_000) },
    { title: '𝔻'.repeat(200), description: '' },
    { votingPeriodDays: 1 },
    { votingPeriodDays: 365 },
  ])('accepts the last that is in bounds, row %$', (change) => {
    expect(E.isRight(chain().engine.createDaoProposal(request(change)))).toBe(true);
  });

  test('gives an Emergency a window from one hour, others from a day', () => {
    const windowed = (proposalType: DaoProposalType, votingPeriodSeconds: bigint) => {
      const { votingPeriodDays: _days, ...rest } = request({ proposalType, votingPeriodSeconds });
      return E.isRight(chain().engine.createDaoProposal(rest));
    };
    expect(windowed('Emergency', 3_600n)).toBe(true);
    expect(windowed('Emergency', 3_599n)).toBe(false);
    expect(windowed('EconomicParams', DAY)).toBe(true);
    expect(windowed('EconomicParams', DAY - 1n)).toBe(false);
  });

  test('asks for a balance that covers the deposit', () => {
    const withBalance = (balance: bigint) =>
      chain(undefined, { ports: { balanceOf: () => balance } }).engine.createDaoProposal(request());
    expect(refusalOf(withBalance(100n * ZHTP - 1n))).toContain('the deposit is 100000000 micro-ZHTP');
    expect(E.isRight(withBalance(100n * ZHTP))).toBe(true);
  });

  test('asks a proposer of a payment for a minimum 100 voting power', () => {
    const payment: ProposalRequest = request({
      proposalType: 'TreasuryAllocation',
      executionParams: { action: { _tag: 'TreasuryPayment', recipient: person('r'), amount: 1n, budgetLine: 'ops' } },
    });
    expect(refusalOf(chain({ proposer: 99n }).engine.createDaoProposal(payment))).toContain('minimum 100 voting power');
    expect(E.isRight(chain({ proposer: 100n }).engine.createDaoProposal(payment))).toBe(true);
  });
});

describe('the voting window', () => {
  test('takes votes in its first and in its last second, and none before or after', () => {
    const { engine } = chain();
    const id = right(engine.createDaoProposal(request({ votingDelaySeconds: 10n })));
    const start = block(1n).timeSeconds + 10n;
    const at = (timeSeconds: bigint) => ({ height: 2n, timeSeconds });
    expect(statusOf(engine, id)).toBe('Draft');
    expect(refusalOf(vote(engine, 'a', id, at(start - 1n)))).toContain('starts at');
    expect(E.isRight(vote(engine, 'a', id, at(start)))).toBe(true);
    expect(statusOf(engine, id)).toBe('Active');
    expect(E.isRight(vote(engine, 'b', id, at(start + 7n * DAY - 1n)))).toBe(true);
    expect(refusalOf(vote(engine, 'c', id, at(start + 7n * DAY)))).toContain('ended at');
  });
});

describe('DaoEngine.processExpiredProposals', () => {
  test('starts a Draft, closes it when its window is over and executes it after an epoch', () => {
    const { engine, events } = chain();
    const id = right(engine.createDaoProposal(request({ votingDelaySeconds: 10n })));
    right(engine.processExpiredProposals(block(1n)));
    expect(statusOf(engine, id)).toBe('Draft');
    right(engine.processExpiredProposals(block(2n)));
    expect(statusOf(engine, id)).toBe('Active');
    right(vote(engine, 'a', id, block(3n)));
    const end = after(block(2n), 7n * DAY);
    right(engine.processExpiredProposals({ ...end, timeSeconds: end.timeSeconds - 1n }));
    expect(statusOf(engine, id)).toBe('Active');
    right(engine.processExpiredProposals(end));
    expect(statusOf(engine, id)).toBe('Passed');
    right(engine.processExpiredProposals({ ...end, height: end.height + 99n }));
    expect(statusOf(engine, id)).toBe('Passed');
    right(engine.processExpiredProposals({ ...end, height: end.height + 100n }));
    expect(statusOf(engine, id)).toBe('Executed');
    expect(tags(events)).toEqual([
      'FundsMoved',
      'ProposalCreated',
      'VotingStarted',
      'VoteCast',
      'VotingClosed',
      'FundsMoved',
      'ProposalExecuted',
    ]);
  });

  test('twice for one block changes nothing', () => {
    const { engine, events } = chain();
    const { closedAt } = pass({ engine, events }, {});
    const before = [engine.state(), events.length];
    right(engine.processExpiredProposals(closedAt));
    expect([engine.state(), events.length]).toEqual(before);
  });

  test('refuses a block before the last one', () => {
    const { engine } = chain();
    right(engine.processExpiredProposals(block(5n)));
    expect(refusalOf(engine.processExpiredProposals({ ...block(5n), height: 4n }))).toContain('heights never fall');
    expect(refusalOf(engine.processExpiredProposals({ ...block(5n), timeSeconds: 0n }))).toContain('before');
  });

  test('ends a vote below its quorum as Expired, one that is not approved as Failed', () => {
    const { engine } = chain({ proposer: 100n, small: 19n, big: 20n, other: 61n });
    const ids = ['small', 'big'].map((name) => {
      const id = right(engine.createDaoProposal(request()));
      right(engine.castDaoVote({ voter: person(name), proposalId: id, voteChoice: { _tag: 'No' }, at: block(1n) }));
      return id;
    });
    right(engine.processExpiredProposals(after(block(1n), 7n * DAY)));
    expect(ids.map((id) => statusOf(engine, id))).toEqual(['Expired', 'Failed']);
  });

  test.each([
    ['UbiDistribution', 20n],
    ['WelfareAllocation', 22n],
    ['ProtocolUpgrade', 30n],
    ['TreasuryAllocation', 25n],
    ['ValidatorUpdate', 10n],
    ['EconomicParams', 10n],
    ['GovernanceRules', 10n],
    ['FeeStructure', 10n],
    ['Emergency', 33n],
    ['CommunityFunding', 10n],
    ['ResearchGrants', 10n],
  ] as const)('asks for the quorum of a %s: %s %%', (proposalType, percent) => {
    const outcome = (weight: bigint) => {
      const world = chain({ yes: weight, silent: 100n - weight });
      return statusOf(world.engine, pass(world, { proposalType }, ['yes']).id);
    };
    expect(outcome(percent - 1n)).toBe('Expired');
    expect(['Passed', 'Executed']).toContain(outcome(percent));
  });

  test.each(['ProtocolUpgrade', 'ValidatorUpdate', 'GovernanceRules', 'TreasuryAllocation', 'Emergency'] as const)(
    'asks two thirds for a %s',
    (proposalType) => {
      const outcome = (yes: bigint) => {
        const world = chain({ yes, no: 10_000n - yes });
        const { votingPeriodDays: _days, ...rest } = request({ proposalType, votingPeriodSeconds: DAY });
        const id = right(world.engine.createDaoProposal(rest));
        right(
          world.engine.castDaoVote({
            voter: person('yes'),
            proposalId: id,
            voteChoice: { _tag: 'Yes' },
            at: block(2n),
          }),
        );
        right(
          world.engine.castDaoVote({ voter: person('no'), proposalId: id, voteChoice: { _tag: 'No' }, at: block(2n) }),
        );
        right(world.engine.processExpiredProposals(after(block(1n), DAY)));
        return statusOf(world.engine, id);
      };
      expect(outcome(6_666n)).toBe('Failed');
      expect(['Passed', 'Executed']).toContain(outcome(6_667n));
    },
  );
});

describe('DaoEngine.cancelProposal', () => {
  const cancel = (engine: DaoEngine, proposalId: ReturnType<typeof pass>['id'], name = 'proposer', at = block(2n)) =>
    engine.cancelProposal({ proposalId, proposer: person(name), at });

  test('ends a Draft or Active proposal for its proposer, who loses half the deposit', () => {
    const { engine, events } = chain(undefined, { chainParameters: new Map([['proposalDepositMicro', 101n]]) });
    const id = right(engine.createDaoProposal(request()));
    right(cancel(engine, id));
    expect(statusOf(engine, id)).toBe('Cancelled');
    expect(some(some(engine.getProposalDetails(id)).reason)).toBe('cancelled by its proposer');
    expect(events).toContainEqual({
      _tag: 'FundsMoved',
      from: { _tag: 'Escrow' },
      to: { _tag: 'Account', identity: person('proposer') },
      amount: 50n,
    });
    expect(engine.getDaoTreasury().totalBalance).toBe(1_000n * ZHTP + 51n);
  });

  test('is refused to others, twice, after the window, and when passed', () => {
    const { engine, events } = chain();
    const id = right(engine.createDaoProposal(request()));
    expect(refusalOf(cancel(engine, id, 'a'))).toContain('only its proposer cancels it');
    expect(refusalOf(cancel(engine, ZERO_HASH))).toContain('is not known');
    expect(refusalOf(cancel(engine, id, 'proposer', after(block(1n), 7n * DAY)))).toContain('its outcome stands');
    right(cancel(engine, id));
    expect(refusalOf(cancel(engine, id))).toContain('is Cancelled');
    const passed = pass({ engine, events }, { at: block(3n) });
    expect(refusalOf(cancel(engine, passed.id, 'proposer', passed.closedAt))).toContain('is Passed');
  });
});

describe('a detached engine, made by new DaoEngine()', () => {
  test('gives everyone power 1 and asks for no deposit', () => {
    const engine = new DaoEngine();
    expect(engine.getDaoVotingPower(person('anyone'))).toBe(1n);
    const id = right(engine.createDaoProposal(request()));
    expect(some(engine.getProposalDetails(id)).deposit).toBe(0n);
    right(vote(engine, 'a', id));
    right(engine.processExpiredProposals(after(block(1n), 7n * DAY)));
    expect(some(engine.getProposal(id))).toMatchObject({ status: 'Passed', voteTally: { totalEligiblePower: 1n } });
  });

  test('lets a proposal nobody votes on expire', () => {
    const engine = new DaoEngine();
    const id = right(engine.createDaoProposal(request()));
    right(engine.processExpiredProposals(after(block(1n), 7n * DAY)));
    expect(statusOf(engine, id)).toBe('Expired');
  });

  test('counts a delegator once in the eligible power', () => {
    const engine = new DaoEngine();
    const id = right(engine.createDaoProposal(request()));
    const to = { _tag: 'Delegate', identity: person('b') } as const;
    right(engine.castDaoVote({ voter: person('a'), proposalId: id, voteChoice: to, at: block(1n) }));
    right(engine.castDaoVote({ voter: person('a'), proposalId: id, voteChoice: to, at: block(1n) }));
    right(vote(engine, 'b', id));
    expect(some(engine.getProposal(id)).voteTally).toMatchObject({
      totalEligiblePower: 2n,
      weightedYes: 2n,
      totalVotes: 1n,
    });
  });
});
