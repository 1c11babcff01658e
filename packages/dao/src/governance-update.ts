import {
  daoError,
  daoProposalCodec,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusResult,
  type DaoProposal,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { applyExecutionParams } from './execution-params.ts';
import { decodeExecutionParams } from './execution-params-codec.ts';
import type { GovernedParameters, ParameterChange } from './parameter-update.ts';
import { forbiddenAction } from './permissions.ts';

/**
 * The documented `apply_governance_update_from_proposal`, on values: what a Passed proposal makes of a configuration. DaoError
 * for any other status, for a proposal without execution parameters, and for what its type may not do. That it happens once
 * and after its timelock is the engine's business, which has the proposal's record.
 */
export const governanceUpdateFromProposal = (
  proposal: DaoProposal,
  config: ConsensusConfig,
  beside: Partial<Omit<GovernedParameters, 'config'>> = {},
): ConsensusResult<ParameterChange> => {
  if (!daoProposalCodec.json.is(proposal))
    return E.left(daoError('proposal is no DaoProposal: take it from the engine'));
  const { id, status, proposalType, executionParams } = proposal;
  if (status !== 'Passed') return E.left(daoError(`proposal ${id} is ${status}, only a Passed one is executed, once`));
  if (O.isNone(executionParams)) return E.left(daoError(`proposal ${id} has no execution parameters`));
  return pipe(
    decodeExecutionParams(executionParams.value),
    E.chain((params) => {
      const forbidden = forbiddenAction(proposalType, params.action);
      return forbidden === undefined
        ? applyExecutionParams(config, params, beside)
        : E.left<ConsensusError>(daoError(forbidden));
    }),
  );
};
