import {
  ANNUAL_BUDGETS_MAX,
  BUDGET_LINES_MAX,
  daoError,
  maxBigint,
  TREASURY_HISTORY_MAX,
  U64_MAX,
  type AnnualBudget,
  type BudgetLine,
  type ConsensusResult,
  type DaoTreasury,
  type Hash,
  type TreasuryTransaction,
} from '@zhtp/types';
import { either as E } from 'fp-ts';

/**
 * What the treasury is beside its documented view: three amounts that follow from others (`availableBalance`,
 * `allocatedFunds` and the totals of a budget) are computed, so that they can never disagree with them. micro-ZHTP.
 */
export interface Treasury {
  readonly balance: bigint;
  /** Passed, not yet paid. */
  readonly reserved: bigint;
  /** Calendar year of the last block; only its budget is open. */
  readonly year: bigint;
  /** By rising year. */
  readonly budgets: readonly AnnualBudget[];
  /** Oldest first, the last {@link TREASURY_HISTORY_MAX}. */
  readonly history: readonly TreasuryTransaction[];
  /** How many records there ever were: ids of new ones derive from it. */
  readonly recorded: bigint;
}

export const emptyTreasury = (year: bigint, balance: bigint): Treasury => ({
  balance,
  reserved: 0n,
  year,
  budgets: [],
  history: [],
  recorded: 0n,
});

const openBudget = ({ budgets, year }: Treasury): AnnualBudget | undefined =>
  budgets.find((budget) => BigInt(budget.year) === year);

const remaining = ({ allocated, spent }: BudgetLine): bigint => maxBigint(0n, allocated - spent);

const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** What the open lines may still spend; lines of past years have closed. */
const allocatedFunds = (treasury: Treasury): bigint =>
  sum([...(openBudget(treasury)?.lines.values() ?? [])].map(remaining));

const available = (treasury: Treasury): bigint => treasury.balance - treasury.reserved - allocatedFunds(treasury);

/** total = available + allocated + reserved. */
export const documentedTreasury = (treasury: Treasury): DaoTreasury => ({
  totalBalance: treasury.balance,
  availableBalance: available(treasury),
  allocatedFunds: allocatedFunds(treasury),
  reservedFunds: treasury.reserved,
  transactionHistory: treasury.history,
  annualBudgets: treasury.budgets,
});

const covered = (treasury: Treasury, what: string): ConsensusResult<Treasury> => {
  const left = available(treasury);
  return left >= 0n
    ? E.right(treasury)
    : E.left(daoError(`${what} exceeds the treasury's available balance by ${String(-left)} micro-ZHTP`));
};

/** Adds an amount that came in. DaoError when the balance would exceed 64 bits. */
export const credited = (treasury: Treasury, amount: bigint): ConsensusResult<Treasury> =>
  treasury.balance + amount > U64_MAX
    ? E.left(daoError('the treasury cannot hold so much: its balance would exceed 64 bits', amount))
    : E.right({ ...treasury, balance: treasury.balance + amount });

/** A record at the end of the history, which keeps the last {@link TREASURY_HISTORY_MAX}. */
export const withRecord = (treasury: Treasury, record: TreasuryTransaction): Treasury => ({
  ...treasury,
  history: [...treasury.history.slice(1 - TREASURY_HISTORY_MAX), record],
  recorded: treasury.recorded + 1n,
});

/** The block's year: lines of an earlier one close, and what they did not spend is available again. */
export const inYear = (treasury: Treasury, year: bigint): Treasury =>
  year === treasury.year ? treasury : { ...treasury, year };

const withLines = (treasury: Treasury, lines: ReadonlyMap<string, BudgetLine>, approvalProposalId: Hash): Treasury => {
  const year = Number(treasury.year);
  const ordered = new Map([...lines].sort(([a], [b]) => (a < b ? -1 : 1)));
  const budget: AnnualBudget = {
    year,
    total: sum([...ordered.values()].map(({ allocated }) => allocated)),
    lines: ordered,
    spent: sum([...ordered.values()].map(({ spent }) => spent)),
    approvalProposalId,
  };
  const others = treasury.budgets.filter((other) => other.year !== year);
  return { ...treasury, budgets: [...others, budget].slice(-ANNUAL_BUDGETS_MAX) };
};

const linesOf = (treasury: Treasury): ReadonlyMap<string, BudgetLine> => openBudget(treasury)?.lines ?? new Map();

/**
 * Sets what lines of the current year may spend in all. DaoError for less than a line has spent already, for more lines
 * than a budget has room for, and for more than is available.
 */
export const withBudgets = (
  treasury: Treasury,
  allotments: ReadonlyMap<string, bigint>,
  approvalProposalId: Hash,
): ConsensusResult<Treasury> => {
  if (allotments.size === 0) return E.right(treasury);
  const lines = new Map(linesOf(treasury));
  for (const [name, allocated] of allotments) {
    const spent = lines.get(name)?.spent ?? 0n;
    if (allocated < spent)
      return E.left(
        daoError(`budget line ${name} has spent ${String(spent)} micro-ZHTP this year, allot at least that`, allocated),
      );
    lines.set(name, { allocated, spent });
  }
  if (lines.size > BUDGET_LINES_MAX)
    return E.left(daoError(`a year's budget has at most ${String(BUDGET_LINES_MAX)} lines`, lines.size));
  if (sum([...lines.values()].map(({ allocated }) => allocated)) > U64_MAX)
    return E.left(daoError(`the budget of ${String(treasury.year)} would exceed 64 bits`));
  return covered(withLines(treasury, lines, approvalProposalId), `the budget of ${String(treasury.year)}`);
};

/** A payment that passed: its amount is set aside and counts as spent by its line of that year. */
export interface Reservation {
  readonly amount: bigint;
  readonly budgetLine: string;
  readonly year: bigint;
}

const withSpent = (treasury: Treasury, line: string, change: bigint, approvalProposalId: Hash): Treasury => {
  const lines = linesOf(treasury);
  const { allocated, spent } = lines.get(line) ?? { allocated: 0n, spent: 0n };
  const budget = openBudget(treasury);
  return withLines(
    treasury,
    new Map([...lines, [line, { allocated, spent: spent + change }]]),
    budget?.approvalProposalId ?? approvalProposalId,
  );
};

/**
 * Sets a payment's amount aside. DaoError when its line has not so much left, unless it may exceed it, and when the
 * treasury has not.
 */
export const reserved = (
  treasury: Treasury,
  payment: { readonly amount: bigint; readonly budgetLine: string },
  proposalId: Hash,
  mayExceedLine: boolean,
): ConsensusResult<readonly [Treasury, Reservation]> => {
  const { amount, budgetLine } = payment;
  const line = linesOf(treasury).get(budgetLine);
  const left = line === undefined ? 0n : remaining(line);
  if (amount > left && !mayExceedLine)
    return E.left(
      daoError(`budget line ${budgetLine} has ${String(left)} micro-ZHTP left for ${String(treasury.year)}`, amount),
    );
  if (line === undefined && linesOf(treasury).size >= BUDGET_LINES_MAX)
    return E.left(daoError(`a year's budget has at most ${String(BUDGET_LINES_MAX)} lines, ${budgetLine} is one more`));
  const spent = withSpent(treasury, budgetLine, amount, proposalId);
  if ((openBudget(spent)?.spent ?? 0n) > U64_MAX)
    return E.left(daoError('the budget spent would exceed 64 bits', amount));
  const setAside = covered(
    { ...spent, reserved: spent.reserved + amount },
    `the payment of ${String(amount)} micro-ZHTP`,
  );
  return E.map((after: Treasury) => [after, { amount, budgetLine, year: treasury.year }] as const)(setAside);
};

/** A reservation is given up: the amount is the line's again while its year lasts, available afterwards. */
export const released = (treasury: Treasury, reservation: Reservation, proposalId: Hash): Treasury => {
  const freed = { ...treasury, reserved: treasury.reserved - reservation.amount };
  return reservation.year === treasury.year
    ? withSpent(freed, reservation.budgetLine, -reservation.amount, proposalId)
    : freed;
};

/** A reservation is paid out. */
export const paid = (treasury: Treasury, { amount }: Reservation): Treasury => ({
  ...treasury,
  balance: treasury.balance - amount,
  reserved: treasury.reserved - amount,
});
