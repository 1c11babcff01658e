import {
  activeValidatorsMin,
  daoError,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusResult,
  type DaoExecutionAction,
  type DaoProposalType,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { GovernancePorts } from './governance-ports.ts';
import { findProposal, type GovernanceState } from './governance-state.ts';
import { changeParameters, type ParameterChange } from './parameter-update.ts';
import { forbiddenAction } from './permissions.ts';

/**
 * Refused when fewer than 4 validators or less than two thirds of the power would stay active. A change that puts nobody
 * out is not to blame for a set that is small already: a chain in need must be able to help itself.
 */
const wouldStop = (
  before: ConsensusConfig,
  config: ConsensusConfig,
  { remainingValidators }: GovernancePorts,
): ConsensusError | undefined => {
  if (remainingValidators === undefined) return undefined;
  const { activeValidators, votingPower, currentVotingPower } = remainingValidators(config);
  if (votingPower === currentVotingPower && config.developmentMode === before.developmentMode) return undefined;
  const least = activeValidatorsMin(config);
  if (activeValidators < least)
    return daoError(`only ${String(activeValidators)} validators would stay active, at least ${String(least)} must`);
  return 3n * votingPower < 2n * currentVotingPower
    ? daoError(
        `only ${String(votingPower)} of ${String(currentVotingPower)} voting power would stay active, at least two thirds must`,
      )
    : undefined;
};

/** All updates on what is decided so far, as they would be now; or why none of them. */
export const checkUpdates = (
  state: GovernanceState,
  updates: readonly GovernanceParameterValue[],
  ports: GovernancePorts,
): ConsensusResult<ParameterChange> =>
  pipe(
    changeParameters(updates, { ...state, config: state.decidedConfig }),
    E.chain((change) => {
      const wrong = ports.refusedParameters?.(change);
      const refused =
        wrong === undefined
          ? wouldStop(state.decidedConfig, change.config, ports)
          : daoError(`the chain could not go on: ${wrong}`);
      return refused === undefined ? E.right(change) : E.left(refused);
    }),
  );

/**
 * Why an action is refused whatever the votes: its proposal's type may not do it, a value is out of range, a payment pays
 * nothing, a proposal to cancel is not open. Asked at creation and again at execution; whether the treasury can pay is
 * asked at close.
 */
export const refusedAction = (
  state: GovernanceState,
  type: DaoProposalType,
  action: DaoExecutionAction,
  ports: GovernancePorts,
): ConsensusError | undefined => {
  const forbidden = forbiddenAction(type, action);
  if (forbidden !== undefined) return daoError(forbidden);
  switch (action._tag) {
    case 'GovernanceParameterUpdate': {
      const change = checkUpdates(state, action.updates, ports);
      return E.isLeft(change) ? change.left : undefined;
    }
    case 'TreasuryPayment':
      return action.amount === 0n ? daoError('amount of a payment must be at least 1 micro-ZHTP', 0n) : undefined;
    case 'CancelProposal': {
      const target = findProposal(state, action.proposalId);
      if (target === undefined) return daoError(`proposal ${action.proposalId} is not known: nothing to cancel`);
      return state.open.has(action.proposalId)
        ? undefined
        : daoError(`proposal ${action.proposalId} is ${target.proposal.status}, which is final: nothing to cancel`);
    }
  }
};
