import type { Evidence, Hash, IdentityId, StorageCapacityAttestation } from '@zhtp/types';
import type { JudgedTransaction } from '../opened-transaction.ts';

/** What happens in a block before its transactions needs this of it; consensus found it valid. */
export interface BlockOpening {
  readonly height: bigint;
  /** Unix milliseconds. */
  readonly timeMs: bigint;
  readonly proposer: IdentityId;
  /** Bitmap of the previous block's certificate over its set in identity order; empty in the first block. */
  readonly signers: Uint8Array;
  /** Verified, each piece of an earlier height inside the evidence age and in no earlier block. */
  readonly evidence: readonly Evidence[];
  /** Id of the block before, whose hash decides what storage challenges of this height ask. Left out where none is proven. */
  readonly previousId?: Hash;
  /** The proposer's attestation in the block's proof, which consensus found to hold. */
  readonly attestation?: StorageCapacityAttestation;
}

/** A whole block: transactions opened, their signatures judged. */
export interface ExecutableBlock extends BlockOpening {
  readonly transactions: readonly JudgedTransaction[];
}
