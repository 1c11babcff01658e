import { possessionSignBytes } from '@zhtp/chain';
import { verifyMessage } from '@zhtp/crypto';
import type { ConsensusConfig, ConsensusResult } from '@zhtp/types';
import { ValidatorManager } from '@zhtp/validators';
import type { EngineOptions } from './engine-options.ts';

/** The validators of a genesis in the making, by the rules that its configuration gives. */
export const foundingManager = (
  options: Pick<EngineOptions, 'algorithm' | 'genesis'>,
  { consensusType, maxValidators, minStake, minStorage, developmentMode }: ConsensusConfig,
  chainId: string,
): ConsensusResult<ValidatorManager> => {
  const algorithm = options.algorithm ?? options.genesis?.signatureAlgorithm ?? 'ML-DSA-65';
  return ValidatorManager.create(maxValidators, minStake, {
    consensusType,
    minStorage,
    algorithm,
    // A proof may be left out in development mode (decisions.md §3).
    ...(developmentMode
      ? {}
      : {
          verifyPossession: (identity, key, proof) =>
            verifyMessage(algorithm, key, 'zhtp/possession/v1', possessionSignBytes(chainId, identity, key), proof),
        }),
  });
};
