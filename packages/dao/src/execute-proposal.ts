import {
  daoError,
  type ConsensusResult,
  type DaoExecutionAction,
  type DaoProposalType,
  type GovernanceParameterValue,
  type Hash,
  type TreasuryTransactionKind,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { checkUpdates, refusedAction } from './action-check.ts';
import { cancelled } from './cancel-proposal.ts';
import { account, fundsMoved, TREASURY, type GovernanceEvent } from './governance-event.ts';
import type { GovernancePorts } from './governance-ports.ts';
import { withEnded, type GovernanceState, type ProposalRecord } from './governance-state.ts';
import { paid, withBudgets } from './treasury.ts';
import { recordedIn } from './treasury-records.ts';

type Executed = readonly [GovernanceState, readonly GovernanceEvent[]];

const decide = (
  state: GovernanceState,
  proposalId: Hash,
  updates: readonly GovernanceParameterValue[],
  ports: GovernancePorts,
): ConsensusResult<Executed> =>
  pipe(
    E.Do,
    E.bind('change', () => checkUpdates(state, updates, ports)),
    E.bind('treasury', ({ change }) => withBudgets(state.treasury, change.budgets, proposalId)),
    E.map(({ change: { config, chainParameters, difficulty, difficultyUpdate }, treasury }) => [
      { ...state, decidedConfig: config, chainParameters, difficulty, treasury },
      [{ _tag: 'ParametersDecided', proposalId, config, chainParameters, difficultyUpdate }],
    ]),
  );

/** How the history names a payment of a proposal of this type. */
const kindOf = (type: DaoProposalType): TreasuryTransactionKind => {
  switch (type) {
    case 'UbiDistribution':
      return 'UbiDistribution';
    case 'CommunityFunding':
      return 'CommunityFunding';
    case 'ResearchGrants':
      return 'ResearchGrant';
    case 'Emergency':
      return 'Emergency';
    case 'WelfareAllocation':
    case 'TreasuryAllocation':
    case 'ProtocolUpgrade':
    case 'ValidatorUpdate':
    case 'EconomicParams':
    case 'GovernanceRules':
    case 'FeeStructure':
      return 'Allocation';
  }
};

const pay = (
  state: GovernanceState,
  { proposal, reservation }: ProposalRecord,
  { recipient, amount, budgetLine }: Extract<DaoExecutionAction, { readonly _tag: 'TreasuryPayment' }>,
): ConsensusResult<Executed> => {
  if (O.isNone(reservation)) return E.left(daoError(`nothing was reserved for proposal ${proposal.id}`));
  const [recorded, event] = recordedIn(state, paid(state.treasury, reservation.value), {
    kind: kindOf(proposal.proposalType),
    amount,
    recipient: O.some(recipient),
    proposalId: O.some(proposal.id),
    description: `payment from budget line ${budgetLine}`,
  });
  return E.right([recorded, [...fundsMoved(TREASURY, account(recipient), amount), event]]);
};

const cancelOther = (state: GovernanceState, by: Hash, target: Hash): ConsensusResult<Executed> => {
  const record = state.open.get(target);
  return record?.proposal.status === 'Passed'
    ? E.right(cancelled(state, record, `cancelled by proposal ${by}`))
    : E.left(
        daoError(`proposal ${target} is ${record?.proposal.status ?? 'not open'}, only a Passed one can be cancelled`),
      );
};

const act = (
  state: GovernanceState,
  record: ProposalRecord,
  action: DaoExecutionAction,
  ports: GovernancePorts,
): ConsensusResult<Executed> => {
  const refused = refusedAction(state, record.proposal.proposalType, action, ports);
  if (refused !== undefined) return E.left(refused);
  switch (action._tag) {
    case 'GovernanceParameterUpdate':
      return decide(state, record.proposal.id, action.updates, ports);
    case 'TreasuryPayment':
      return pay(state, record, action);
    case 'CancelProposal':
      return cancelOther(state, record.proposal.id, action.proposalId);
  }
};

const finished = (state: GovernanceState, record: ProposalRecord): GovernanceState =>
  withEnded(state, { ...record, proposal: { ...record.proposal, status: 'Executed' }, reservation: O.none });

/** Why a proposal is not executed now, or undefined: Passed only, once, after its timelock. */
export const notExecutable = (state: GovernanceState, record: ProposalRecord): string | undefined => {
  const { id, status } = record.proposal;
  if (status !== 'Passed') return `proposal ${id} is ${status}, only a Passed one is executed, once`;
  const from = O.toUndefined(record.executableFrom);
  return from === undefined || state.at.height < from
    ? `proposal ${id} is locked until block ${String(from ?? 'never')}, this is block ${String(state.at.height)}`
    : undefined;
};

/**
 * Does what a passed proposal says, all of it or nothing: what fails is cancelled, its reason kept (economics.md,
 * Governance: Execution). The caller has asked {@link notExecutable}.
 */
export const executeProposal = (state: GovernanceState, record: ProposalRecord, ports: GovernancePorts): Executed => {
  const { id } = record.proposal;
  const done: GovernanceEvent = { _tag: 'ProposalExecuted', proposalId: id };
  if (O.isNone(record.action)) return [finished(state, record), [done]];
  const outcome = act(state, record, record.action.value, ports);
  if (E.isRight(outcome)) {
    const [after, events] = outcome.right;
    return [finished(after, record), [...events, done]];
  }
  const reason = `execution failed: ${outcome.left.message}`;
  const [after, events] = cancelled(state, record, reason);
  return [after, [{ _tag: 'DaoError', error: `proposal ${id}: ${reason}` }, ...events]];
};
