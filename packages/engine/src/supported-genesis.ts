import { PROTOCOL_VERSION, type Genesis } from '@zhtp/types';

/** What genesis may ask for and this version does not do: said before the start, instead of pretending. */
export const unsupportedGenesis = ({ parameters }: Genesis): string | undefined => {
  const { consensusType } = parameters.consensus;
  if (consensusType !== 'ByzantineFaultTolerance')
    return `consensus type ${consensusType} requires proofs in every proposal, which this version does not verify; use ByzantineFaultTolerance`;
  if (parameters.proposerRotation !== 'RoundRobin')
    return 'weighted proposer rotation is not part of this version; use RoundRobin';
  if (parameters.executionAttestations) return 'executionAttestations is not part of this version; set it to false';
  if (parameters.voteExtensionsFrom !== 0n)
    return 'vote extensions are not part of this version; set voteExtensionsFrom to 0';
  const upgrade = parameters.upgrades.find(({ protocol }) => protocol !== PROTOCOL_VERSION);
  return upgrade === undefined
    ? undefined
    : `height ${String(upgrade.height)} upgrades to protocol ${String(upgrade.protocol)}; this version speaks protocol ${String(PROTOCOL_VERSION)} only`;
};
