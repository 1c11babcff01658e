import { option as O } from 'fp-ts';
import type { CommitExtensions, ConsensusVote, Hash, IdentityId } from '@zhtp/types';

/** A validator keeps the extensions of its newest rounds: with one vote per slot, a flood displaces its own. */
const ROUNDS_PER_VOTER = 4;

/** Two contents may stand in one slot, one of which convicts (see `SeenVotes`). */
const CONTENTS_PER_SLOT = 2;

/** `waiting`: the application was not asked yet, or has not answered. */
export type ExtensionVerdict = 'waiting' | 'accepted' | 'rejected';

interface Kept {
  /** With its extension. */
  readonly vote: ConsensusVote;
  verdict: ExtensionVerdict;
}

/** What a decision is about, as far as precommits name it. */
export interface DecidedSlot {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: Hash;
}

/**
 * Mutable book of verified vote extensions of one height, by vote id. It is apart from votes and tallies: these hold
 * precommits without extensions, so that what an extension says or lacks changes nothing about its precommit.
 */
export interface ExtensionBook {
  has(vote: ConsensusVote): boolean;
  /** False when the voter's newer rounds have taken its room. */
  keep(vote: ConsensusVote, verdict: ExtensionVerdict): boolean;
  judge(vote: ConsensusVote, verdict: ExtensionVerdict): void;
  waiting(): readonly ConsensusVote[];
  /** The vote with the extension that was kept for it, or the vote itself. */
  attach(vote: ConsensusVote): ConsensusVote;
  accepted(decision: DecidedSlot): CommitExtensions;
}

export const createExtensionBook = (): ExtensionBook => {
  const byVoter = new Map<IdentityId, Kept[]>();
  const find = (vote: ConsensusVote): Kept | undefined =>
    byVoter.get(vote.voter)?.find((kept) => kept.vote.id === vote.id);
  const all = (): readonly Kept[] => [...byVoter.values()].flat();
  const rounds = (kept: readonly Kept[]): readonly number[] =>
    [...new Set(kept.map(({ vote }) => vote.round))].sort((a, b) => a - b);

  return {
    has: (vote) => find(vote) !== undefined,
    keep: (vote, verdict) => {
      if (find(vote) !== undefined) return true;
      const kept = byVoter.get(vote.voter) ?? [];
      if (kept.filter(({ vote: { round } }) => round === vote.round).length >= CONTENTS_PER_SLOT) return false;
      const more = [...kept, { vote, verdict }];
      const [oldest = vote.round, ...newer] = rounds(more);
      const isFull = newer.length >= ROUNDS_PER_VOTER;
      byVoter.set(vote.voter, isFull ? more.filter(({ vote: { round } }) => round !== oldest) : more);
      return !isFull || oldest !== vote.round;
    },
    judge: (vote, verdict) => {
      const kept = find(vote);
      if (kept !== undefined) kept.verdict = verdict;
    },
    waiting: () => all().flatMap(({ vote, verdict }) => (verdict === 'waiting' ? [vote] : [])),
    attach: (vote) => find(vote)?.vote ?? vote,
    accepted: ({ height, round, blockId }) => ({
      height,
      round,
      blockId,
      extensions: all()
        .flatMap(({ vote, verdict }) => {
          const { extension, extensionSignature, proposalId, voter } = vote;
          return verdict === 'accepted' &&
            vote.round === round &&
            O.toNullable(proposalId) === blockId &&
            O.isSome(extension) &&
            O.isSome(extensionSignature)
            ? [{ voter, extension: extension.value, signature: extensionSignature.value }]
            : [];
        })
        .sort((a, b) => (a.voter < b.voter ? -1 : 1)),
    }),
  };
};
