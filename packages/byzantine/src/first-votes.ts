import { voteIdOf } from '@zhtp/chain';
import type { ConsensusVote, Hash, IdentityId, Option } from '@zhtp/types';

/** Heights whose first votes are remembered (economics.md, Faults and penalties). */
export const FIRST_VOTE_HEIGHTS = 100n;
/** Slots of one voter in one height; rounds beyond are not watched. */
const SLOTS_PER_HEIGHT_MAX = 256;
/** Voters watched at once: two whole sets of the largest size. */
const VOTERS_MAX = 2_000;

/** A vote as it came. */
export interface ReceivedVote {
  readonly vote: ConsensusVote;
  /** Unix seconds. */
  readonly receivedAt: bigint;
  readonly reportedByPeer: Option<IdentityId>;
}

interface Slot {
  readonly first: ReceivedVote;
  readonly contentId: Hash;
  /** A second content was shown already: more of them are the same offence. */
  readonly isConvicted: boolean;
}

/**
 * `New`: the first of its slot. `Known`: its slot holds this content already. `Conflict`: it holds another. `Convicted`: two
 * others conflict there already. `OutOfWindow`: nothing is remembered for it.
 */
export type SlotLook =
  | { readonly _tag: 'New' | 'Known' | 'Convicted' | 'OutOfWindow' }
  | { readonly _tag: 'Conflict'; readonly first: ReceivedVote };

/** The first vote of each validator in each slot of the last heights; changes in place. */
export interface FirstVotes {
  look(vote: ConsensusVote): SlotLook;
  /** Keeps what {@link look} calls `New`, and marks the slot of a `Conflict`. */
  add(received: ReceivedVote): void;
  /** From now on this is the height in progress: one height leaves for each that comes. */
  advanceTo(height: bigint): void;
  readonly size: number;
}

/** PreVote and Against share a slot, and an attestation has its own (decisions.md §5). */
const slotOf = ({ voteType, round }: ConsensusVote): string => {
  switch (voteType) {
    case 'PreVote':
    case 'Against':
      return `prevote/${String(round)}`;
    case 'PreCommit':
      return `precommit/${String(round)}`;
    case 'Commit':
      return 'attestation';
  }
};

export const createFirstVotes = (): FirstVotes => {
  const voters = new Map<IdentityId, Map<bigint, Map<string, Slot>>>();
  let current: bigint | undefined;

  const heightsOf = (voter: IdentityId): Map<bigint, Map<string, Slot>> | undefined => voters.get(voter);

  const lowest = (heights: Map<bigint, unknown>): bigint | undefined => {
    let least: bigint | undefined;
    for (const height of heights.keys()) if (least === undefined || height < least) least = height;
    return least;
  };

  /** With a known height the window stands on it, so that nobody moves it with votes of his own for far heights. */
  const isWatched = ({ voter, height }: ConsensusVote): boolean => {
    if (current !== undefined) return height > current - FIRST_VOTE_HEIGHTS && height <= current + 1n;
    const heights = heightsOf(voter);
    if (heights === undefined || heights.has(height) || BigInt(heights.size) < FIRST_VOTE_HEIGHTS) return true;
    const least = lowest(heights);
    return least !== undefined && height > least;
  };

  const hasRoom = ({ voter, height }: ConsensusVote): boolean => {
    const heights = heightsOf(voter);
    if (heights === undefined) return voters.size < VOTERS_MAX;
    return (heights.get(height)?.size ?? 0) < SLOTS_PER_HEIGHT_MAX;
  };

  const prune = (voter: IdentityId, heights: Map<bigint, unknown>, below: bigint): void => {
    for (const height of heights.keys()) if (height < below) heights.delete(height);
    if (heights.size === 0) voters.delete(voter);
  };

  const look = (vote: ConsensusVote): SlotLook => {
    const slot = heightsOf(vote.voter)?.get(vote.height)?.get(slotOf(vote));
    if (slot === undefined) return { _tag: isWatched(vote) && hasRoom(vote) ? 'New' : 'OutOfWindow' };
    if (slot.contentId === voteIdOf(vote)) return { _tag: 'Known' };
    return slot.isConvicted ? { _tag: 'Convicted' } : { _tag: 'Conflict', first: slot.first };
  };

  const put = (vote: ConsensusVote, slot: Slot): void => {
    const heights = heightsOf(vote.voter) ?? new Map<bigint, Map<string, Slot>>();
    voters.set(vote.voter, heights);
    const slots = heights.get(vote.height) ?? new Map<string, Slot>();
    heights.set(vote.height, slots);
    slots.set(slotOf(vote), slot);
    const least = BigInt(heights.size) > FIRST_VOTE_HEIGHTS && current === undefined ? lowest(heights) : undefined;
    if (least !== undefined) heights.delete(least);
  };

  return {
    get size() {
      let count = 0;
      for (const heights of voters.values()) for (const slots of heights.values()) count += slots.size;
      return count;
    },
    look,
    add: (received) => {
      const { vote } = received;
      const seen = look(vote);
      if (seen._tag === 'New') put(vote, { first: received, contentId: voteIdOf(vote), isConvicted: false });
      if (seen._tag === 'Conflict')
        put(vote, { first: seen.first, contentId: voteIdOf(seen.first.vote), isConvicted: true });
    },
    advanceTo: (height) => {
      if (current !== undefined && height <= current) return;
      current = height;
      for (const [voter, heights] of voters) prune(voter, heights, height - FIRST_VOTE_HEIGHTS + 1n);
    },
  };
};
