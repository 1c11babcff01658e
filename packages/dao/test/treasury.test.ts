import { TREASURY_HISTORY_MAX, type DaoExecutionParams, type DaoProposalType } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { beginEpoch, DaoEngine, receiveBlockIncome } from '@zhtp/dao';
import {
  after,
  block,
  chain,
  DAY,
  pass,
  person,
  range,
  refusalOf,
  right,
  some,
  update,
  ZHTP,
  type Chain,
} from './support.ts';

const payment = (amount: bigint, budgetLine = 'grants'): DaoExecutionParams => ({
  action: { _tag: 'TreasuryPayment', recipient: person('recipient'), amount, budgetLine },
});
const budget = (line: string, value: bigint): DaoExecutionParams =>
  update({ _tag: 'ChainParameter', name: `budget.${line}`, value });
const sums = (engine: DaoEngine) => {
  const { totalBalance, availableBalance, allocatedFunds, reservedFunds } = engine.getDaoTreasury();
  return [totalBalance, availableBalance, allocatedFunds, reservedFunds].map((amount) => amount / ZHTP);
};

/** Passes a proposal and, an epoch later, executes it. */
const enact = (world: Chain, proposalType: DaoProposalType, executionParams: DaoExecutionParams) => {
  const last = world.engine.state().at;
  const at = last.height === 0n ? block(1n) : last;
  const passed = pass(world, { proposalType, executionParams, at });
  const between = [some(world.engine.getProposal(passed.id)).status, ...sums(world.engine)];
  const done = after(passed.closedAt, 1_000n);
  right(world.engine.processExpiredProposals(done));
  return { ...passed, between, status: some(world.engine.getProposal(passed.id)).status, done };
};

describe('DaoEngine.getDaoTreasury', () => {
  test('is total = available + allocated + reserved through a budget, a payment and its year', () => {
    const world = chain();
    expect(sums(world.engine)).toEqual([1_000n, 1_000n, 0n, 0n]);
    enact(world, 'TreasuryAllocation', budget('grants', 300n * ZHTP));
    expect(sums(world.engine)).toEqual([1_000n, 700n, 300n, 0n]);
    const paid = enact(world, 'ResearchGrants', payment(100n * ZHTP));
    expect(paid.between).toEqual(['Passed', 1_000n, 700n, 200n, 100n]);
    expect(paid.status).toBe('Executed');
    expect(sums(world.engine)).toEqual([900n, 700n, 200n, 0n]);
    const { annualBudgets, transactionHistory } = world.engine.getDaoTreasury();
    expect(annualBudgets).toMatchObject([
      {
        year: 2026,
        total: 300n * ZHTP,
        spent: 100n * ZHTP,
        lines: new Map([['grants', { allocated: 300n * ZHTP, spent: 100n * ZHTP }]]),
      },
    ]);
    expect(transactionHistory).toMatchObject([
      {
        kind: 'ResearchGrant',
        amount: 100n * ZHTP,
        recipient: O.some(person('recipient')),
        proposalId: O.some(paid.id),
      },
    ]);
    right(world.engine.processExpiredProposals({ height: 10_000_000n, timeSeconds: 1_798_761_600n }));
    expect(sums(world.engine)).toEqual([900n, 900n, 0n, 0n]);
  });

  test('a payment beyond its line fails at close; only TreasuryAllocation may exceed it', () => {
    const world = chain();
    enact(world, 'TreasuryAllocation', budget('grants', 50n * ZHTP));
    const over = enact(world, 'CommunityFunding', payment(50n * ZHTP + 1n));
    expect(over.status).toBe('Failed');
    expect(some(some(world.engine.getProposalDetails(over.id)).reason)).toContain('budget line grants has 50000000');
    expect(enact(world, 'CommunityFunding', payment(50n * ZHTP)).status).toBe('Executed');
    expect(enact(world, 'CommunityFunding', payment(1n)).status).toBe('Failed');
    expect(enact(world, 'TreasuryAllocation', payment(200n * ZHTP)).status).toBe('Executed');
    expect(sums(world.engine)).toEqual([750n, 750n, 0n, 0n]);
  });

  test('never pays what is not there, reserved or allotted to a line', () => {
    const world = chain();
    enact(world, 'TreasuryAllocation', budget('ops', 600n * ZHTP));
    expect(enact(world, 'TreasuryAllocation', payment(400n * ZHTP + 1n)).status).toBe('Failed');
    expect(enact(world, 'TreasuryAllocation', payment(400n * ZHTP)).status).toBe('Executed');
    expect(sums(world.engine)).toEqual([600n, 0n, 600n, 0n]);
    expect(enact(world, 'TreasuryAllocation', payment(1n)).status).toBe('Failed');
    expect(enact(world, 'UbiDistribution', payment(600n * ZHTP, 'ops')).status).toBe('Executed');
    expect(sums(world.engine)).toEqual([0n, 0n, 0n, 0n]);
  });

  test('two payments that fit one by one and not together: the second to close fails', () => {
    const world = chain();
    const at = block(1n);
    const ids = range(2).map(() => {
      const id = right(
        world.engine.createDaoProposal({
          proposer: person('proposer'),
          title: 'pay',
          description: '',
          proposalType: 'TreasuryAllocation',
          votingPeriodDays: 1,
          executionParams: payment(600n * ZHTP),
          at,
        }),
      );
      right(world.engine.castDaoVote({ voter: person('proposer'), proposalId: id, voteChoice: { _tag: 'Yes' }, at }));
      return id;
    });
    right(world.engine.processExpiredProposals(after(at, DAY)));
    expect(ids.map((id) => some(world.engine.getProposal(id)).status).toSorted()).toEqual(['Failed', 'Passed']);
    expect(sums(world.engine)).toEqual([1_000n, 400n, 0n, 600n]);
  });

  test('a budget cannot exceed what is available, nor fall below what its line spent', () => {
    const world = chain();
    expect(enact(world, 'TreasuryAllocation', budget('ops', 1_000n * ZHTP + 1n)).status).toBe('Cancelled');
    expect(enact(world, 'TreasuryAllocation', budget('ops', 1_000n * ZHTP)).status).toBe('Executed');
    expect(enact(world, 'WelfareAllocation', payment(10n * ZHTP, 'ops')).status).toBe('Executed');
    expect(enact(world, 'TreasuryAllocation', budget('ops', 10n * ZHTP - 1n)).status).toBe('Cancelled');
    expect(enact(world, 'TreasuryAllocation', budget('ops', 10n * ZHTP)).status).toBe('Executed');
    expect(sums(world.engine)).toEqual([990n, 990n, 0n, 0n]);
  });

  test('a cancelled payment gives its reservation back to its line', () => {
    const world = chain();
    const allotted = enact(world, 'TreasuryAllocation', budget('grants', 100n * ZHTP));
    const passed = pass(world, {
      proposalType: 'ResearchGrants',
      executionParams: payment(100n * ZHTP),
      at: allotted.done,
    });
    expect(sums(world.engine)).toEqual([1_000n, 900n, 0n, 100n]);
    // Longer than the timelock of the payment if that counted in seconds; it counts in blocks, which stand still here.
    const at = passed.closedAt;
    const id = right(
      world.engine.createDaoProposal({
        proposer: person('proposer'),
        title: 'stop',
        description: '',
        proposalType: 'Emergency',
        votingPeriodSeconds: 3_600n,
        executionParams: { action: { _tag: 'CancelProposal', proposalId: passed.id } },
        at,
      }),
    );
    right(world.engine.castDaoVote({ voter: person('proposer'), proposalId: id, voteChoice: { _tag: 'Yes' }, at }));
    right(world.engine.processExpiredProposals({ height: at.height + 1n, timeSeconds: at.timeSeconds + 3_600n }));
    expect(some(world.engine.getProposal(passed.id)).status).toBe('Cancelled');
    expect(sums(world.engine)).toEqual([1_000n, 900n, 100n, 0n]);
  });

  test('takes donations and block income, and records the income once per epoch', () => {
    const { engine, events } = chain();
    right(engine.depositToTreasury(5n * ZHTP, person('donor')));
    right(engine.receiveBlockIncome(2n * ZHTP));
    right(engine.receiveBlockIncome(3n * ZHTP));
    expect(sums(engine)).toEqual([1_010n, 1_010n, 0n, 0n]);
    expect(engine.getDaoTreasury().transactionHistory).toHaveLength(1);
    right(engine.beginEpoch());
    right(engine.beginEpoch());
    expect(engine.getDaoTreasury().transactionHistory).toMatchObject([
      { kind: 'Deposit', amount: 5n * ZHTP, source: O.some(person('donor')) },
      { kind: 'Deposit', amount: 5n * ZHTP, source: O.none },
    ]);
    expect(events.filter(({ _tag }) => _tag === 'TreasuryRecorded')).toHaveLength(2);
  });

  test('records the income of an epoch in parts where money came back in it until the sum outgrew 64 bits', () => {
    const most = 2n ** 64n - 1n;
    const started = new DaoEngine().state();
    const spent = right(receiveBlockIncome(started, most)).state;
    const { state, events } = right(receiveBlockIncome({ ...spent, treasury: { ...spent.treasury, balance: 0n } }, 2n));
    expect([state.incomeOfEpoch, state.treasury.balance]).toEqual([2n, 2n]);
    expect(events).toMatchObject([{ _tag: 'TreasuryRecorded', transaction: { kind: 'Deposit', amount: most } }]);
    expect(right(beginEpoch(state)).state.treasury.history.map(({ amount }) => amount)).toEqual([most, 2n]);
  });

  test('keeps the last thousand records, and publishes them all, each under its own id', () => {
    const { engine, events } = chain();
    for (const i of range(TREASURY_HISTORY_MAX + 3)) right(engine.depositToTreasury(BigInt(i + 1), person('donor')));
    const { transactionHistory } = engine.getDaoTreasury();
    expect(transactionHistory).toHaveLength(TREASURY_HISTORY_MAX);
    expect(transactionHistory[0]?.amount).toBe(4n);
    const ids = events.flatMap((event) => (event._tag === 'TreasuryRecorded' ? [event.transaction.id] : []));
    expect(new Set(ids).size).toBe(TREASURY_HISTORY_MAX + 3);
  });

  test('holds no more than 64 bits with the deposits', () => {
    const { engine } = chain(undefined, { treasuryBalance: 2n ** 64n - 1n });
    expect(refusalOf(engine.depositToTreasury(1n, person('donor')))).toContain('would exceed 64 bits');
    expect(refusalOf(engine.receiveBlockIncome(1n))).toContain('would exceed 64 bits');
  });
});

describe('budgets of the first year', () => {
  const start = (treasuryBalance: bigint, budgets: ReadonlyMap<string, bigint>) =>
    DaoEngine.create({ chainId: 'budgets', treasuryBalance, budgets });

  test('are open from the first block on, as if a proposal had approved them', () => {
    const treasury = right(start(10n, new Map([['ubi', 7n]]))).getDaoTreasury();
    expect(treasury).toMatchObject({ totalBalance: 10n, availableBalance: 3n, allocatedFunds: 7n });
    expect(treasury.annualBudgets[0]?.lines.get('ubi')).toEqual({ allocated: 7n, spent: 0n });
  });

  test('are covered by the first treasury, to the unit, and have names and amounts in form', () => {
    expect(right(start(7n, new Map([['ubi', 7n]]))).getDaoTreasury().availableBalance).toBe(0n);
    expect(refusalOf(start(6n, new Map([['ubi', 7n]])))).toContain('budgets: the budget of 1970 exceeds');
    expect(refusalOf(start(6n, new Map([['no name', 1n]])))).toContain('is no name of a budget line');
    expect(refusalOf(start(6n, new Map([['ubi', -1n]])))).toContain('budgets.ubi is -1');
    expect(refusalOf(start(6n, JSON.parse('[]') as never))).toContain('budgets must be a Map');
  });
});
