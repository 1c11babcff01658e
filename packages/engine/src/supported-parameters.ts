import type { ChainParameters } from '@zhtp/types';

/** What parameters may ask for and this version does not do: said before it would act, instead of pretending. */
export const unsupportedParameters = (parameters: ChainParameters): string | undefined => {
  const { consensusType } = parameters.consensus;
  if (consensusType !== 'ByzantineFaultTolerance')
    return `consensus type ${consensusType} requires proofs in every proposal, which this version does not verify; use ByzantineFaultTolerance`;
  return parameters.voteExtensionsFrom === 0n
    ? undefined
    : 'vote extensions are not part of this version; set voteExtensionsFrom to 0';
};
