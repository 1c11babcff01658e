import type { SeenMessage, SeenVote } from './safety-messages.ts';
import { count, type Tally, type Voters } from './safety-voters.ts';

/** What each node has heard of a height: prevotes and proposals, its own included. Survives restarts, as its journal does. */
export interface Knowledge {
  heard(node: number, message: SeenMessage): void;
  /** More than two thirds prevoted `value` in a round; `'any'` counts prevotes of every kind. */
  hasPolka(node: number, height: bigint, round: number, value: string): boolean;
  /** The valid rounds with which the round's proposer offered a block; −1 for a fresh offer. */
  offers(node: number, height: bigint, round: number, value: string): ReadonlySet<number>;
  forgetBelow(node: number, height: bigint): void;
}

/** Votes of any kind in a tally by block; no block id is spelled like this. */
export const ANY = 'any';

interface RoundKnowledge {
  readonly prevotes: Map<string, Tally>;
  readonly offers: Map<string, Set<number>>;
}

const NO_OFFERS: ReadonlySet<number> = new Set();

const add = (sets: Map<string, Set<number>>, key: string, member: number): void => {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([member]));
  else set.add(member);
};

export const createKnowledge = (voters: Voters): Knowledge => {
  const nodes = new Map<number, Map<bigint, Map<number, RoundKnowledge>>>();

  const heightsOf = (node: number): Map<bigint, Map<number, RoundKnowledge>> => {
    const known = nodes.get(node);
    if (known !== undefined) return known;
    const heights = new Map<bigint, Map<number, RoundKnowledge>>();
    nodes.set(node, heights);
    return heights;
  };

  const roundOf = (node: number, height: bigint, round: number): RoundKnowledge => {
    const heights = heightsOf(node);
    const rounds = heights.get(height) ?? new Map<number, RoundKnowledge>();
    heights.set(height, rounds);
    const known = rounds.get(round) ?? { prevotes: new Map<string, Tally>(), offers: new Map<string, Set<number>>() };
    rounds.set(round, known);
    return known;
  };

  const prevote = (node: number, { height, round, voter, value }: SeenVote): void => {
    const { prevotes } = roundOf(node, height, round);
    const power = voters.powerOf(height, voter);
    count(prevotes, ANY, voter, power);
    if (value !== undefined) count(prevotes, value, voter, power);
  };

  return {
    heard: (node, { votes, proposal }) => {
      for (const vote of votes) if (vote.step === 'prevote') prevote(node, vote);
      if (proposal === undefined) return;
      const { proposer, height, round, value, validRound } = proposal;
      if ((voters.proposerOf(height, round) ?? proposer) === proposer)
        add(roundOf(node, height, round).offers, value, validRound);
    },
    hasPolka: (node, height, round, value) => {
      const { prevotes } = roundOf(node, height, round);
      const own = voters.ofNode(node);
      // A vote that its node signed and journaled counts there before it leaves; it may die in between.
      const unseen = own >= 0 && prevotes.get(ANY)?.voters.has(own) !== true ? voters.powerOf(height, own) : 0n;
      return voters.isQuorum(height, (prevotes.get(value)?.power ?? 0n) + unseen);
    },
    offers: (node, height, round, value) => roundOf(node, height, round).offers.get(value) ?? NO_OFFERS,
    forgetBelow: (node, height) => {
      const heights = nodes.get(node);
      for (const known of heights?.keys() ?? []) if (known < height) heights?.delete(known);
    },
  };
};
