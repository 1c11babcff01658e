import type { Application, ChainParameters } from '@zhtp/types';

/** The optional part of an application that proofs in proposals and vote extensions need. */
export type OptionalCalls = Pick<Application, 'extendVote' | 'verifyVoteExtension' | 'proposalProof'>;

/** What parameters may ask for and this version does not do: said before it would act, instead of pretending. */
export const unsupportedParameters = (parameters: ChainParameters, application: OptionalCalls): string | undefined => {
  const { consensusType } = parameters.consensus;
  if (consensusType !== 'ByzantineFaultTolerance' && application.proposalProof === undefined)
    return `consensus type ${consensusType} requires proofs in every proposal, and the application has no proposalProof; use ByzantineFaultTolerance or an application that proves`;
  const { voteExtensionsFrom } = parameters;
  const missing = (['extendVote', 'verifyVoteExtension'] as const).find((call) => application[call] === undefined);
  if (voteExtensionsFrom === 0n || missing === undefined) return undefined;
  return `voteExtensionsFrom is ${String(voteExtensionsFrom)}, but the application has no ${missing}; set it to 0 or run an application that extends votes`;
};
