import type { ConsensusConfig, IdentityId, Validity } from '@zhtp/types';
import type { GovernedParameters } from './parameter-update.ts';

/** Who would stay active under a configuration. */
export interface RemainingValidators {
  readonly activeValidators: number;
  readonly votingPower: bigint;
  /** Of all that are active now. */
  readonly currentVotingPower: bigint;
}

/** What governance asks of its surroundings; all are pure functions of the state at that block. Each may be left out. */
export interface GovernancePorts {
  /** Spendable micro-ZHTP. Without it deposits are not checked against a balance. */
  readonly balanceOf?: (identity: IdentityId) => bigint;
  /** Whether `signature` is the voter's over `message`, see `voteSignBytes`. With it every vote must be signed. */
  readonly verifyVote?: (voter: IdentityId, message: Uint8Array, signature: Uint8Array) => Validity;
  /**
   * Why the chain could not go on under these parameters, such as blocks too small for their own certificate; undefined when
   * it can. Asked at creation and again at execution. Without it their ranges alone decide.
   */
  readonly refusedParameters?: (
    parameters: Pick<GovernedParameters, 'config' | 'chainParameters'>,
  ) => string | undefined;
  /** Without it nobody looks at who would fall out of the validator set. */
  readonly remainingValidators?: (config: ConsensusConfig) => RemainingValidators;
}
