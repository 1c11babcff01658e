import { ceilDiv, type ChainParameters } from '@zhtp/types';

/** A height and its block's time, unix milliseconds. */
export interface Moment {
  readonly height: bigint;
  readonly time: bigint;
}

/** Blocks that fit the evidence age at the chain's pace: ⌈age / blockTime⌉ (economics.md, Age). */
export const evidenceAgeBlocks = ({ evidenceAgeMs, consensus }: ChainParameters): bigint =>
  ceilDiv(evidenceAgeMs, consensus.blockTime * 1_000n);

/**
 * Whether an offence is too old for a block of `height`: only when it is older than the age in time **and** in blocks, so
 * that neither a stalled nor a hurried chain lets anybody off (economics.md, Age). Time is the parent's, which all agree on
 * before there is a block.
 */
export const isExpired = (offence: Moment, height: bigint, parentTime: bigint, parameters: ChainParameters): boolean =>
  height - offence.height > evidenceAgeBlocks(parameters) && parentTime - offence.time > parameters.evidenceAgeMs;
