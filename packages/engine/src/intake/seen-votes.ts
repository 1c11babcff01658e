import { option as O } from 'fp-ts';
import { stepOfVote, type VoteStep } from '@zhtp/chain';
import type { ConsensusVote, IdentityId } from '@zhtp/types';
import { admitRound } from './far-rounds.ts';

/** A slot keeps two contents: the one that counts and the one that convicts. */
const CONTENTS_PER_SLOT = 2;

/** `far`: its signer's two far rounds are taken by higher ones; `displaces`: it would take the place of the lower one. */
export type Slot = 'new' | 'displaces' | 'known' | 'conflict' | 'full' | 'far';

/**
 * The votes of one height that were verified, by slot. A message whose slot already holds its content is dropped before
 * its signature is looked at; content is compared, never signatures, since one vote has many valid ones (protocol.md).
 * Bounded as the core is, so that what is known here is counted there.
 */
export interface SeenVotes {
  /** @param nearestFar the first round that counts as far ahead */
  look(vote: ConsensusVote, nearestFar: number): Slot;
  add(vote: ConsensusVote, nearestFar: number): void;
  /** The verified vote with this content, if any. */
  find(vote: ConsensusVote): ConsensusVote | undefined;
  /** Every verified vote of a round. */
  ofRound(round: number): readonly ConsensusVote[];
  /** Every verified vote. */
  all(): readonly ConsensusVote[];
}

/** Where the slots of a round stand. */
const PLACE_OF_STEP: Readonly<Record<VoteStep, 0 | 1 | 2>> = { prevote: 0, precommit: 1, attestation: 2 };

const placeOf = (vote: ConsensusVote): 0 | 1 | 2 => PLACE_OF_STEP[stepOfVote(vote)];

const sameContent = (a: ConsensusVote, b: ConsensusVote): boolean =>
  a.voteType === b.voteType &&
  O.toNullable(a.proposalId) === O.toNullable(b.proposalId) &&
  O.toNullable(a.polRound) === O.toNullable(b.polRound) &&
  O.toNullable(a.appHash) === O.toNullable(b.appHash);

const findIn = (slot: readonly ConsensusVote[], vote: ConsensusVote): ConsensusVote | undefined => {
  for (const seen of slot) if (sameContent(seen, vote)) return seen;
  return undefined;
};

const NOTHING: readonly ConsensusVote[] = [];

const VERDICTS = { Admitted: 'new', Displaces: 'displaces', Refused: 'far' } as const;

export const createSeenVotes = (): SeenVotes => {
  const voters = new Map<IdentityId, Map<number, (readonly ConsensusVote[])[]>>();
  const slotOf = (vote: ConsensusVote): readonly ConsensusVote[] =>
    voters.get(vote.voter)?.get(vote.round)?.[placeOf(vote)] ?? NOTHING;
  const find = (vote: ConsensusVote): ConsensusVote | undefined => findIn(slotOf(vote), vote);
  const roundsOf = (voter: IdentityId): Map<number, (readonly ConsensusVote[])[]> => {
    const known = voters.get(voter);
    if (known !== undefined) return known;
    const rounds = new Map<number, (readonly ConsensusVote[])[]>();
    voters.set(voter, rounds);
    return rounds;
  };
  const stepsOf = (rounds: Map<number, (readonly ConsensusVote[])[]>, round: number): (readonly ConsensusVote[])[] => {
    const known = rounds.get(round);
    if (known !== undefined) return known;
    const steps = [NOTHING, NOTHING, NOTHING];
    rounds.set(round, steps);
    return steps;
  };
  return {
    find,
    look: (vote, nearestFar) => {
      const slot = slotOf(vote);
      if (slot.length === 0 && vote.round < nearestFar) return 'new';
      if (slot.length === 0)
        return VERDICTS[admitRound(voters.get(vote.voter)?.keys() ?? [], vote.round, nearestFar)._tag];
      if (findIn(slot, vote) !== undefined) return 'known';
      return slot.length < CONTENTS_PER_SLOT ? 'conflict' : 'full';
    },
    add: (vote, nearestFar) => {
      const rounds = roundsOf(vote.voter);
      if (vote.round >= nearestFar) {
        const room = admitRound(rounds.keys(), vote.round, nearestFar);
        if (room._tag === 'Refused') return;
        if (room._tag === 'Displaces') rounds.delete(room.round);
      }
      const steps = stepsOf(rounds, vote.round);
      const place = placeOf(vote);
      const slot = steps[place];
      if (slot === undefined || slot.length >= CONTENTS_PER_SLOT || findIn(slot, vote) !== undefined) return;
      steps[place] = slot.length === 0 ? [vote] : [...slot, vote];
    },
    all: () => [...voters.values()].flatMap((rounds) => [...rounds.values()].flat(2)),
    ofRound: (round) => [...voters.values()].flatMap((rounds) => rounds.get(round)?.flat() ?? []),
  };
};
