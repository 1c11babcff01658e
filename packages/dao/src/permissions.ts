import type { DaoExecutionAction, DaoProposalType, GovernanceParameterValue } from '@zhtp/types';
import { chainParameterRange, type ParameterKind } from './chain-parameters.ts';

/** What governs consensus itself and mining difficulty. */
const CONSENSUS_TYPES: readonly DaoProposalType[] = ['ProtocolUpgrade', 'GovernanceRules'];
const ECONOMIC_TYPES: readonly DaoProposalType[] = [...CONSENSUS_TYPES, 'EconomicParams', 'FeeStructure'];
const BUDGET_TYPES: readonly DaoProposalType[] = [...CONSENSUS_TYPES, 'TreasuryAllocation'];
const PAYING_TYPES: readonly DaoProposalType[] = [
  'UbiDistribution',
  'WelfareAllocation',
  'TreasuryAllocation',
  'CommunityFunding',
  'ResearchGrants',
];
const CANCELLING_TYPES: readonly DaoProposalType[] = [...CONSENSUS_TYPES, 'Emergency'];

const MAY_CHANGE: Readonly<Record<ParameterKind, readonly DaoProposalType[]>> = {
  consensus: CONSENSUS_TYPES,
  governance: CONSENSUS_TYPES,
  economic: ECONOMIC_TYPES,
  budget: BUDGET_TYPES,
};

const EMERGENCY_VALUES: readonly GovernanceParameterValue['_tag'][] = [
  'BlockTime',
  'ProposeTimeout',
  'PrevoteTimeout',
  'PrecommitTimeout',
];

const refusedUpdate = (type: DaoProposalType, update: GovernanceParameterValue): string | undefined => {
  if (type === 'Emergency')
    return EMERGENCY_VALUES.includes(update._tag)
      ? undefined
      : `an Emergency proposal changes timeouts and block time only, not ${update._tag}`;
  // An unknown name is refused with the ranges; here it counts as what the fewest may change.
  const kind = update._tag === 'ChainParameter' ? (chainParameterRange(update.name)?.kind ?? 'consensus') : 'consensus';
  const allowed = MAY_CHANGE[kind];
  const what = update._tag === 'ChainParameter' ? `chain parameter ${update.name}` : update._tag;
  return allowed.includes(type)
    ? undefined
    : `a ${type} proposal may not change ${what}, only ${allowed.join(', ')} may`;
};

/** Why a proposal of this type may not do this, or undefined (economics.md, Governance: What a type may do). */
export const forbiddenAction = (type: DaoProposalType, action: DaoExecutionAction): string | undefined => {
  switch (action._tag) {
    case 'GovernanceParameterUpdate':
      return action.updates.map((update) => refusedUpdate(type, update)).find((reason) => reason !== undefined);
    case 'TreasuryPayment':
      return PAYING_TYPES.includes(type)
        ? undefined
        : `a ${type} proposal may not pay from the treasury, only ${PAYING_TYPES.join(', ')} may`;
    case 'CancelProposal':
      return CANCELLING_TYPES.includes(type)
        ? undefined
        : `a ${type} proposal may not cancel another, only ${CANCELLING_TYPES.join(', ')} may`;
  }
};

/** Only TreasuryAllocation may exceed its annual budget line. */
export const mayExceedBudget = (type: DaoProposalType): boolean => type === 'TreasuryAllocation';
