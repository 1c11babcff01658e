import type { ChainEvent } from './chain-event.ts';
import type { ExecutedTransaction } from './execute.ts';

/** What a block did, told once it is durable. */
export interface CommittedLedgerBlock {
  readonly height: bigint;
  /** In block order. */
  readonly executed: readonly ExecutedTransaction[];
  /** Of the whole block, those of its transactions among them. */
  readonly events: readonly ChainEvent[];
}

/** Told of each block when it is durable. */
export type CommitListener = (block: CommittedLedgerBlock) => void;
