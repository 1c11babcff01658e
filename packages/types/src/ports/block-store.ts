import type { Option } from 'fp-ts/lib/Option.js';
import type { CommitCertificate, CommittedBlock } from '../block.ts';
import type { CommitExtensions } from '../vote-extension.ts';
import type { Answer, StorageError } from './answer.ts';

/**
 * Decided blocks with certificates of them, from `base` to `head` without a gap. The head has its own certificate; a block
 * below may come with its own or, where that is of the same round, with the one that the block after it carries: after a
 * fork, precommits of another round would not convict whom those of the decision do.
 */
export interface BlockStore {
  /** Durable when it answers. The height must be head + 1 (or any, in an empty store). Saving the same block again is harmless. */
  save(committed: CommittedBlock, done: Answer<StorageError, void>): void;
  /** Replaces the head's certificate by one of the same block with later precommits in it. */
  saveHeadCertificate(certificate: CommitCertificate, done: Answer<StorageError, void>): void;
  /**
   * Keeps the extensions of a decision, which is saved after them; durable when it answers, replacing those of the same
   * height. Only the last two heights are kept: the next proposal needs its parent's.
   */
  saveExtensions(extensions: CommitExtensions, done: Answer<StorageError, void>): void;
  /** None when they are not kept. */
  loadExtensions(height: bigint, done: Answer<StorageError, Option<CommitExtensions>>): void;
  /** None outside of `bounds`. */
  load(height: bigint, done: Answer<StorageError, Option<CommittedBlock>>): void;
  /** Blocks from `fromHeight` upward, at most `count` and at most `maxBytes` of canonical bytes (one at least when present). */
  range(
    fromHeight: bigint,
    count: number,
    maxBytes: number,
    done: Answer<StorageError, readonly CommittedBlock[]>,
  ): void;
  /** First and last stored height; none when empty. */
  bounds(): Option<{ readonly baseHeight: bigint; readonly headHeight: bigint }>;
}
