import { option as O } from 'fp-ts';
import type { ConsensusVote, IdentityId } from '@zhtp/types';

/** A slot keeps two contents: the one that counts and the one that convicts. */
const CONTENTS_PER_SLOT = 2;

export type Slot = 'new' | 'known' | 'conflict' | 'full';

/**
 * The votes of one height that were verified, by slot. A message whose slot already holds its content is dropped before
 * its signature is looked at; content is compared, never signatures, since one vote has many valid ones (protocol.md).
 */
export interface SeenVotes {
  look(vote: ConsensusVote): Slot;
  add(vote: ConsensusVote): void;
  /** The verified vote with this content, if any. */
  find(vote: ConsensusVote): ConsensusVote | undefined;
  /** Every verified vote of a round. */
  ofRound(round: number): readonly ConsensusVote[];
}

/** Prevote and Against share the prevote's slot; an attestation has its own. */
const stepOf = (vote: ConsensusVote): 0 | 1 | 2 =>
  vote.voteType === 'PreCommit' ? 1 : vote.voteType === 'Commit' ? 2 : 0;

const sameContent = (a: ConsensusVote, b: ConsensusVote): boolean =>
  a.voteType === b.voteType &&
  O.toNullable(a.proposalId) === O.toNullable(b.proposalId) &&
  O.toNullable(a.polRound) === O.toNullable(b.polRound) &&
  O.toNullable(a.appHash) === O.toNullable(b.appHash);

export const createSeenVotes = (): SeenVotes => {
  const rounds = new Map<number, Map<IdentityId, ConsensusVote[][]>>();
  const slotOf = (vote: ConsensusVote): readonly ConsensusVote[] =>
    rounds.get(vote.round)?.get(vote.voter)?.[stepOf(vote)] ?? [];
  const find = (vote: ConsensusVote): ConsensusVote | undefined => slotOf(vote).find((seen) => sameContent(seen, vote));
  return {
    find,
    look: (vote) => {
      const slot = slotOf(vote);
      if (slot.length === 0) return 'new';
      if (find(vote) !== undefined) return 'known';
      return slot.length < CONTENTS_PER_SLOT ? 'conflict' : 'full';
    },
    add: (vote) => {
      const round = rounds.get(vote.round) ?? new Map<IdentityId, ConsensusVote[][]>();
      rounds.set(vote.round, round);
      const steps = round.get(vote.voter) ?? [[], [], []];
      round.set(vote.voter, steps);
      const slot = steps[stepOf(vote)];
      if (slot !== undefined && slot.length < CONTENTS_PER_SLOT && find(vote) === undefined) slot.push(vote);
    },
    ofRound: (round) => [...(rounds.get(round)?.values() ?? [])].flat(2),
  };
};
