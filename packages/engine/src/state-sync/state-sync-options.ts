import type { Genesis, Hash } from '@zhtp/types';

/** How a node with nothing on disk joins by a snapshot of its peers instead of executing every block. */
export interface StateSyncOptions {
  /** A block from a source that the operator believes, as `zhtp status` of a node of theirs prints it. */
  readonly trustedHeight: bigint;
  readonly trustedBlockId: Hash;
  /**
   * Milliseconds from the trusted block's time for which it is believed; two thirds of the evidence age of genesis, which is
   * the unbonding period, when left out (protocol.md, Light client).
   */
  readonly trustingPeriodMs?: bigint;
}

const WEIGHTED =
  'a chain with weighted proposer rotation cannot be joined by a snapshot: its priorities follow from every set before, and no header shows them; start without state sync';

/** Why no node can join this chain in this way, or undefined. */
export const refusedStateSync = (
  { initialHeight, parameters }: Genesis,
  { trustedHeight }: StateSyncOptions,
): string | undefined => {
  if (parameters.proposerRotation === 'Weighted') return WEIGHTED;
  return trustedHeight < initialHeight
    ? `the trusted height is ${String(trustedHeight)}, the first block of this chain has height ${String(initialHeight)}`
    : undefined;
};
