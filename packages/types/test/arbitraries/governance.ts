import fc, { type Arbitrary } from 'fast-check';
import type * as T from '@zhtp/types';
import { hash, identity, list, map, option, text, u32, u64 } from './leaves.ts';
import { budgetLineName, executionParamsBytes } from './records.ts';

export const daoProposalType = fc.constantFrom<T.DaoProposalType>(
  'UbiDistribution',
  'WelfareAllocation',
  'ProtocolUpgrade',
  'TreasuryAllocation',
  'ValidatorUpdate',
  'EconomicParams',
  'GovernanceRules',
  'FeeStructure',
  'Emergency',
  'CommunityFunding',
  'ResearchGrants',
);
export const daoProposalStatus = fc.constantFrom<T.DaoProposalStatus>(
  'Draft',
  'Active',
  'Passed',
  'Failed',
  'Executed',
  'Cancelled',
  'Expired',
);
export const daoVoteTally: Arbitrary<T.DaoVoteTally> = fc.record({
  totalVotes: u64,
  yesVotes: u64,
  noVotes: u64,
  abstainVotes: u64,
  totalEligiblePower: u64,
  weightedYes: u64,
  weightedNo: u64,
  weightedAbstain: u64,
});
export const privacyLevel = fc.constantFrom<T.PrivacyLevel>('Public', 'PartiallyPrivate', 'Private', 'Restricted');
export const impactLevel = fc.constantFrom<T.ImpactLevel>('Low', 'Medium', 'High', 'Critical');
export const ubiImpact: Arbitrary<T.UbiImpact> = fc.record({ beneficiaries: u64, monthlyAmountPerBeneficiary: u64 });
export const economicImpact: Arbitrary<T.EconomicImpact> = fc.record({
  ubiImpact: impactLevel,
  economicImpact: impactLevel,
  socialImpact: impactLevel,
  transparency: fc.integer({ min: 0, max: 100 }),
  expectedOutcomes: list(text()),
  successCriteria: list(text()),
});
export const daoProposal: Arbitrary<T.DaoProposal> = fc.record({
  id: hash,
  title: text(),
  description: text(),
  proposer: identity,
  proposalType: daoProposalType,
  status: daoProposalStatus,
  votingStartTime: u64,
  votingEndTime: u64,
  quorumRequired: u64,
  voteTally: daoVoteTally,
  createdAt: u64,
  createdAtHeight: u64,
  executionParams: executionParamsBytes,
  ubiImpact: option(ubiImpact),
  economicImpact: option(economicImpact),
  privacyLevel,
});

export const treasuryTransactionKind = fc.constantFrom<T.TreasuryTransactionKind>(
  'Deposit',
  'Allocation',
  'UbiDistribution',
  'ValidatorRewards',
  'Emergency',
  'CommunityFunding',
  'ResearchGrant',
);
export const treasuryTransaction: Arbitrary<T.TreasuryTransaction> = fc.record({
  id: hash,
  kind: treasuryTransactionKind,
  amount: u64,
  recipient: option(identity),
  source: option(identity),
  proposalId: option(hash),
  timestamp: u64,
  description: text(),
});
export const budgetLine: Arbitrary<T.BudgetLine> = fc.record({ allocated: u64, spent: u64 });
export const annualBudget: Arbitrary<T.AnnualBudget> = fc.record({
  year: u32,
  total: u64,
  lines: map(budgetLineName, budgetLine),
  spent: u64,
  approvalProposalId: hash,
});
export const daoTreasury: Arbitrary<T.DaoTreasury> = fc.record({
  totalBalance: u64,
  availableBalance: u64,
  allocatedFunds: u64,
  reservedFunds: u64,
  transactionHistory: list(treasuryTransaction),
  annualBudgets: list(annualBudget),
});
