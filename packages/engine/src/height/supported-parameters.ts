import type { Application, ChainParameters } from '@zhtp/types';

/** The optional part of an application that vote extensions need. */
export type VoteExtending = Pick<Application, 'extendVote' | 'verifyVoteExtension'>;

/** What parameters may ask for and this version does not do: said before it would act, instead of pretending. */
export const unsupportedParameters = (parameters: ChainParameters, application: VoteExtending): string | undefined => {
  const { consensusType } = parameters.consensus;
  if (consensusType !== 'ByzantineFaultTolerance')
    return `consensus type ${consensusType} requires proofs in every proposal, which this version does not verify; use ByzantineFaultTolerance`;
  const { voteExtensionsFrom } = parameters;
  const missing = (['extendVote', 'verifyVoteExtension'] as const).find((call) => application[call] === undefined);
  if (voteExtensionsFrom === 0n || missing === undefined) return undefined;
  return `voteExtensionsFrom is ${String(voteExtensionsFrom)}, but the application has no ${missing}; set it to 0 or run an application that extends votes`;
};
