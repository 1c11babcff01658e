import type { SignedVote, ValueId } from './vote.ts';

/** A quorum of votes of one kind, height, round and value: a polka (prevotes) or a commit (precommits). */
export interface Certificate<S> {
  readonly kind: 'polka' | 'commit';
  readonly height: bigint;
  readonly round: number;
  readonly value: ValueId;
  readonly votes: readonly SignedVote<S>[];
}
