import { type DaoExecutionParams, type DaoProposalType, type Hash } from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DaoEngine, type BlockPosition, type FundsHolder } from '@zhtp/dao';
import { after, block, DAY, person, right } from './support.ts';

/** Accounts beside governance, moved by its events alone. */
class Accounts {
  readonly balances = new Map<string, bigint>();

  move(holder: FundsHolder, change: bigint): void {
    const name = holder._tag === 'Account' ? holder.identity : holder._tag;
    this.balances.set(name, (this.balances.get(name) ?? 0n) + change);
  }

  of(name: string): bigint {
    return this.balances.get(name) ?? 0n;
  }
}

const NAMES = ['p', 'q', 'r'] as const;
const name = fc.constantFrom(...NAMES);
const amount = fc.bigInt({ min: 1n, max: 400n });
const line = fc.constantFrom('a', 'b');

const operation = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), who: name, amount, line, beyond: fc.boolean() }),
  fc.record({ kind: fc.constant('budget' as const), who: name, amount, line }),
  fc.record({ kind: fc.constant('plain' as const), who: name }),
  fc.record({ kind: fc.constant('stop' as const), who: name, which: fc.nat() }),
  fc.record({ kind: fc.constant('vote' as const), who: name, which: fc.nat(), yes: fc.boolean() }),
  fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('donate' as const), who: name, amount }),
  fc.record({ kind: fc.constant('income' as const), amount }),
  fc.record({ kind: fc.constant('epoch' as const) }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.constantFrom(10n, 3_600n, DAY, 30n * DAY) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer A> ? A : never;

const START = 10_000n;

const world = () => {
  const engine = right(
    DaoEngine.create({
      chainId: 'conservation',
      treasuryBalance: 500n,
      chainParameters: new Map([
        ['proposalDepositMicro', 101n],
        ['paymentProposerPowerMin', 1n],
      ]),
      ports: { balanceOf: (identity) => accounts.of(identity) },
    }),
  );
  const accounts = new Accounts();
  for (const who of NAMES) {
    accounts.move({ _tag: 'Account', identity: person(who) }, START);
    right(engine.setVotingWeight({ identity: person(who), weight: 100n, height: 0n }));
  }
  accounts.move({ _tag: 'Treasury' }, 500n);
  engine.events$.subscribe((event) => {
    if (event._tag !== 'FundsMoved') return;
    accounts.move(event.from, -event.amount);
    accounts.move(event.to, event.amount);
  });
  return { engine, accounts };
};

const run = (engine: DaoEngine, accounts: Accounts, operations: readonly Operation[]): ReadonlySet<string> => {
  const ids: Hash[] = [];
  let at: BlockPosition = block(1n);
  const reached = new Set<string>();
  const propose = (who: string, proposalType: DaoProposalType, executionParams?: DaoExecutionParams): void => {
    const id = engine.createDaoProposal({
      proposer: person(who),
      title: 't',
      description: '',
      proposalType,
      votingPeriodSeconds: proposalType === 'Emergency' ? 3_600n : DAY,
      ...(executionParams === undefined ? {} : { executionParams }),
      at,
    });
    if (E.isRight(id)) ids.push(id.right);
  };
  const chosen = (which: number): Hash | undefined => ids[which % Math.max(1, ids.length)];
  for (const op of operations) {
    switch (op.kind) {
      case 'pay': {
        const action = {
          _tag: 'TreasuryPayment',
          recipient: person('r'),
          amount: op.amount,
          budgetLine: op.line,
        } as const;
        propose(op.who, op.beyond ? 'TreasuryAllocation' : 'CommunityFunding', { action });
        break;
      }
      case 'budget': {
        const updates = [{ _tag: 'ChainParameter', name: `budget.${op.line}`, value: op.amount }] as const;
        propose(op.who, 'TreasuryAllocation', { action: { _tag: 'GovernanceParameterUpdate', updates } });
        break;
      }
      case 'plain':
        propose(op.who, 'EconomicParams');
        break;
      case 'stop': {
        const proposalId = chosen(op.which);
        if (proposalId !== undefined) propose(op.who, 'Emergency', { action: { _tag: 'CancelProposal', proposalId } });
        break;
      }
      case 'vote': {
        const proposalId = chosen(op.which);
        const voteChoice = { _tag: op.yes ? 'Yes' : 'No' } as const;
        if (proposalId !== undefined) engine.castDaoVote({ voter: person(op.who), proposalId, voteChoice, at });
        break;
      }
      case 'withdraw': {
        const proposalId = chosen(op.which);
        for (const who of NAMES)
          if (proposalId !== undefined) engine.cancelProposal({ proposalId, proposer: person(who), at });
        break;
      }
      case 'donate':
        right(engine.depositToTreasury(op.amount, person(op.who)));
        break;
      case 'income':
        right(engine.receiveBlockIncome(op.amount));
        accounts.move({ _tag: 'Treasury' }, op.amount);
        break;
      case 'epoch':
        right(engine.beginEpoch());
        break;
      case 'time':
        at = after(at, op.seconds);
        right(engine.processExpiredProposals(at));
    }
    const treasury = engine.getDaoTreasury();
    expect(treasury.totalBalance).toBe(treasury.availableBalance + treasury.allocatedFunds + treasury.reservedFunds);
    for (const part of [treasury.availableBalance, treasury.allocatedFunds, treasury.reservedFunds])
      expect(part).toBeGreaterThanOrEqual(0n);
    expect(treasury.totalBalance).toBe(accounts.of('Treasury'));
    expect(engine.state().escrow).toBe(accounts.of('Escrow'));
    const held = [...engine.state().open.values()].reduce((sum, { deposit }) => sum + deposit, 0n);
    expect(held).toBe(engine.state().escrow);
    for (const id of ids) {
      const proposal = engine.getProposal(id);
      if (proposal._tag === 'Some') reached.add(proposal.value.status);
    }
  }
  return reached;
};

test('no deposit, donation or payment is lost or made, whatever happens in whatever order', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(operation, { minLength: 20, maxLength: 80 }), (operations) => {
      const { engine, accounts } = world();
      const income = operations.reduce((sum, op) => sum + (op.kind === 'income' ? op.amount : 0n), 0n);
      for (const status of run(engine, accounts, operations)) reached.add(status);
      const total = [...accounts.balances.values()].reduce((sum, balance) => sum + balance, 0n);
      expect(total).toBe(BigInt(NAMES.length) * START + 500n + income);
    }),
    { numRuns: 150 },
  );
  expect([...reached].toSorted()).toEqual(['Active', 'Cancelled', 'Executed', 'Expired', 'Failed', 'Passed']);
});
