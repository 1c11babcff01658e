import { ZERO_HASH, type DaoExecutionAction, type DaoProposalType } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { forbiddenAction } from '../src/permissions.ts';
import { BLOCK_TIME, chain, person, refusalOf, request, update } from './support.ts';

describe('what a type may do', () => {
  const TYPES: readonly DaoProposalType[] = [
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
  ];
  const allowed = (action: DaoExecutionAction) => TYPES.filter((type) => forbiddenAction(type, action) === undefined);
  const named = (name: string) => update({ _tag: 'ChainParameter', name, value: 1n }).action;

  test.each([
    ['MinStake', update({ _tag: 'MinStake', value: 1n }).action, ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'a Blockchain value',
      update({ _tag: 'BlockchainTargetTimespan', value: 9n }).action,
      ['ProtocolUpgrade', 'GovernanceRules'],
    ],
    ['BlockTime', BLOCK_TIME.action, ['ProtocolUpgrade', 'GovernanceRules', 'Emergency']],
    [
      'a timeout',
      update({ _tag: 'PrevoteTimeout', value: 900n }).action,
      ['ProtocolUpgrade', 'GovernanceRules', 'Emergency'],
    ],
    ['a quorum', named('quorumEmergencyPercent'), ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'an economic value',
      named('baseRewardMicro'),
      ['ProtocolUpgrade', 'EconomicParams', 'GovernanceRules', 'FeeStructure'],
    ],
    ['a budget line', named('budget.ubi'), ['ProtocolUpgrade', 'TreasuryAllocation', 'GovernanceRules']],
    ['an unknown name', named('budget.Not A Line'), ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'a cancellation',
      { _tag: 'CancelProposal', proposalId: ZERO_HASH },
      ['ProtocolUpgrade', 'GovernanceRules', 'Emergency'],
    ],
    [
      'a payment',
      { _tag: 'TreasuryPayment', recipient: person('r'), amount: 1n, budgetLine: 'x' },
      ['UbiDistribution', 'WelfareAllocation', 'TreasuryAllocation', 'CommunityFunding', 'ResearchGrants'],
    ],
  ] satisfies readonly [string, DaoExecutionAction, DaoProposalType[]][])('%s', (_, action, types) => {
    expect(allowed(action)).toEqual(types);
  });

  test('is judged at creation', () => {
    const refused = chain().engine.createDaoProposal(
      request({ proposalType: 'CommunityFunding', executionParams: BLOCK_TIME }),
    );
    expect(refusalOf(refused)).toContain('may not change BlockTime');
  });
});
