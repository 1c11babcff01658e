import { mulDivFloor, type ChainParameters } from '@zhtp/types';

/**
 * How long a proposal may have travelled: `messageDelayMs`, and a tenth of it more for each round, so that a delay set too
 * short for the network does not stop the chain (protocol.md, Blocks).
 */
export const messageDelayAt = (messageDelayMs: number, round: number): bigint =>
  mulDivFloor(BigInt(messageDelayMs), 10n + BigInt(round), 10n);

/**
 * Whether a fresh proposal is timely: time − precision ≤ receivedAt ≤ time + messageDelay + precision. All in
 * milliseconds; `receivedAtMs` is the node's clock when the frame arrived. Never asked of re-proposed or synced blocks.
 */
export const isTimely = (
  time: bigint,
  receivedAtMs: bigint,
  round: number,
  { precisionMs, messageDelayMs }: Pick<ChainParameters, 'precisionMs' | 'messageDelayMs'>,
): boolean => {
  const precision = BigInt(precisionMs);
  return time - precision <= receivedAtMs && receivedAtMs <= time + messageDelayAt(messageDelayMs, round) + precision;
};
