import {
  consensusConfigCodec,
  daoError,
  daoExecutionParamsCodec,
  DEFAULT_DIFFICULTY_CONFIG,
  type ConsensusConfig,
  type ConsensusResult,
  type DaoExecutionParams,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { encodeExecutionParams } from './execution-params-codec.ts';
import { changeParameters, type GovernedParameters, type ParameterChange } from './parameter-update.ts';

/**
 * The documented `apply_execution_params`: the configuration after the updates, and what goes to the DifficultyManager and
 * to the chain's own parameters. All updates or none; nothing is changed in place. DaoError for a payment or a
 * cancellation, which are no parameters, and for whatever {@link changeParameters} refuses.
 * @param config in force; its `developmentMode` decides which ranges hold
 * @param beside what else is governed: chain parameters that moved, the difficulty policy; as they start when left out
 */
export const applyExecutionParams = (
  config: ConsensusConfig,
  params: DaoExecutionParams,
  beside: Partial<Omit<GovernedParameters, 'config'>> = {},
): ConsensusResult<ParameterChange> => {
  if (!daoExecutionParamsCodec.json.is(params)) {
    const encoded = encodeExecutionParams(params);
    return E.left(daoError(E.isLeft(encoded) ? encoded.left.message : 'execution parameters are out of form'));
  }
  if (!consensusConfigCodec.json.is(config))
    return E.left(daoError('config is no ConsensusConfig: give all of its fields'));
  return params.action._tag === 'GovernanceParameterUpdate'
    ? changeParameters(params.action.updates, {
        chainParameters: new Map(),
        difficulty: DEFAULT_DIFFICULTY_CONFIG,
        ...beside,
        config,
      })
    : E.left(
        daoError(`${params.action._tag} updates no parameters: it is executed by the engine that holds its proposal`),
      );
};
