import { daoError, isHex32, type ConsensusConfig, type DaoProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { executeProposal, notExecutable } from './execute-proposal.ts';
import type { GovernancePorts } from './governance-ports.ts';
import { findProposal, type GovernanceResult, type GovernanceState } from './governance-state.ts';
import { governanceUpdateFromProposal } from './governance-update.ts';
import type { ParameterChange } from './parameter-update.ts';

/**
 * Executes one parameter update ahead of the next `advance` and says what it makes of `config`. Only the record counts: a
 * proposal that is unknown, not Passed, still locked or already executed is refused whatever the argument says, and one
 * whose execution fails is left to `advance`, which cancels it.
 */
export const executeByHand = (
  state: GovernanceState,
  proposal: DaoProposal,
  config: ConsensusConfig,
  ports: GovernancePorts = {},
): GovernanceResult<ParameterChange> => {
  const given: unknown = proposal;
  const record =
    typeof given === 'object' && given !== null && isHex32(proposal.id) ? findProposal(state, proposal.id) : undefined;
  if (record === undefined) return E.left(daoError('proposal is not known: it must be one of this engine'));
  const locked = notExecutable(state, record);
  if (locked !== undefined) return E.left(daoError(locked));
  const change = governanceUpdateFromProposal(record.proposal, config, state);
  if (E.isLeft(change)) return change;
  const [next, events] = executeProposal(state, record, ports);
  const after = findProposal(next, record.proposal.id);
  return after?.proposal.status === 'Executed'
    ? E.right({ state: next, events, result: change.right })
    : E.left(daoError(O.getOrElse(() => 'execution failed')(after?.reason ?? O.none)));
};
