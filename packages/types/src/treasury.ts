import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { budgetLineNameCodec } from './governance-execution.ts';

/** Records of the history kept in state; older ones are in events (economics.md, Governance: Treasury). */
export const TREASURY_HISTORY_MAX = 1_000;
/** Most budget years kept, and lines of one year. */
export const ANNUAL_BUDGETS_MAX = 100;
export const BUDGET_LINES_MAX = 64;
const DESCRIPTION_BYTES_MAX = 1_024;

/** Why money came into the treasury or left it. */
export const treasuryTransactionKindCodec = C.literals('TreasuryTransactionKind', {
  Deposit: 0,
  Allocation: 1,
  UbiDistribution: 2,
  ValidatorRewards: 3,
  Emergency: 4,
  CommunityFunding: 5,
  ResearchGrant: 6,
});
export type TreasuryTransactionKind = C.TypeOf<typeof treasuryTransactionKindCodec>;

/** One record of the treasury's history. */
export const treasuryTransactionCodec = C.struct('TreasuryTransaction', {
  id: hashCodec,
  kind: treasuryTransactionKindCodec,
  /** micro-ZHTP. */
  amount: C.u64,
  recipient: C.option(identityCodec),
  source: C.option(identityCodec),
  proposalId: C.option(hashCodec),
  /** Seconds. */
  timestamp: C.u64,
  description: C.text(DESCRIPTION_BYTES_MAX),
});
export type TreasuryTransaction = C.TypeOf<typeof treasuryTransactionCodec>;

/** One purpose of a year's budget; micro-ZHTP. */
export const budgetLineCodec = C.struct('BudgetLine', { allocated: C.u64, spent: C.u64 });
export type BudgetLine = C.TypeOf<typeof budgetLineCodec>;

/** Amounts in micro-ZHTP: `total` is the sum allocated to the lines, `spent` the sum spent from them. */
export const annualBudgetCodec = C.struct('AnnualBudget', {
  year: C.u32,
  total: C.u64,
  lines: C.map(budgetLineNameCodec, budgetLineCodec, BUDGET_LINES_MAX),
  spent: C.u64,
  approvalProposalId: hashCodec,
});
export type AnnualBudget = C.TypeOf<typeof annualBudgetCodec>;

/** total = available + allocated + reserved, never negative (economics.md, Governance: Treasury); micro-ZHTP. */
export const daoTreasuryCodec = C.struct('DaoTreasury', {
  totalBalance: C.u64,
  availableBalance: C.u64,
  /** Open budget lines. */
  allocatedFunds: C.u64,
  /** Passed, not yet paid. */
  reservedFunds: C.u64,
  /** Oldest first. */
  transactionHistory: C.array(treasuryTransactionCodec, TREASURY_HISTORY_MAX),
  /** By rising year. */
  annualBudgets: C.array(annualBudgetCodec, ANNUAL_BUDGETS_MAX),
});
export type DaoTreasury = C.TypeOf<typeof daoTreasuryCodec>;
