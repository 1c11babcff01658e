import type { SeenProposal, SeenVote, SlotStep } from './safety-messages.ts';
import type { Violated } from './safety-violation.ts';
import { count as counted, type Tally, type Voters } from './safety-voters.ts';

/** What all keys have signed, whoever passed it on: one content per slot, locks respected (S5, S9, S14). */
export interface Signatures {
  /** False when it was known before. */
  vote(vote: SeenVote): boolean;
  proposal(proposal: SeenProposal): boolean;
  hasVote(voter: number, height: bigint, round: number, step: SlotStep): boolean;
  hasSigned(vote: SeenVote): boolean;
  hasProposal(height: bigint, proposer: number, round: number, content: string): boolean;
  /** Whether the proposer of some round of the height offered this block. */
  wasProposed(height: bigint, value: string): boolean;
  /** The non-nil precommit of the latest round that this key signed at a height. */
  lastPrecommit(voter: number, height: bigint): SeenVote | undefined;
  /** Different contents signed, over all keys. */
  count(): number;
  /** How many of them stand beside another content in their slot: what faulty keys did. */
  equivocations(): number;
  forgetBelow(height: bigint): void;
}

interface RoundLog {
  /** Per step and voter: one content, or several of a faulty key. */
  readonly slots: Readonly<Record<SlotStep, Map<number, SeenVote[]>>>;
  readonly proposals: Map<number, string[]>;
  /** Who prevoted a block, and who of the correct validators precommitted it. */
  readonly prevotes: Map<string, Tally>;
  readonly correctPrecommits: Map<string, Tally>;
}

interface HeightLog {
  readonly rounds: Map<number, RoundLog>;
  readonly proposed: Set<string>;
}

const emptyRound = (): RoundLog => ({
  slots: { prevote: new Map(), precommit: new Map(), attestation: new Map() },
  proposals: new Map(),
  prevotes: new Map(),
  correctPrecommits: new Map(),
});

export const createSignatures = (voters: Voters, violated: Violated): Signatures => {
  const heights = new Map<bigint, HeightLog>();
  let count = 0;
  let equivocations = 0;

  const heightLog = (height: bigint): HeightLog => {
    const known = heights.get(height);
    if (known !== undefined) return known;
    const log: HeightLog = { rounds: new Map(), proposed: new Set() };
    heights.set(height, log);
    return log;
  };

  const roundLog = (height: bigint, round: number): RoundLog => {
    const { rounds } = heightLog(height);
    const known = rounds.get(round);
    if (known !== undefined) return known;
    const log = emptyRound();
    rounds.set(round, log);
    return log;
  };

  const slotOf = (vote: SeenVote): string =>
    `validator ${String(vote.voter)}, height ${String(vote.height)}, round ${String(vote.round)}, ${vote.step}`;

  /** S5: a second content in a slot of a correct key. */
  const checkOne = (vote: SeenVote, before: readonly SeenVote[]): void => {
    const [first] = before;
    if (first === undefined) return;
    equivocations += 1;
    if (voters.isCorrect(vote.voter))
      violated('double sign', vote.height, `${slotOf(vote)}: ${first.content} and ${vote.content}`);
  };

  const contradicts = (precommit: SeenVote, prevote: SeenVote): boolean =>
    precommit.value !== undefined &&
    prevote.value !== undefined &&
    precommit.value !== prevote.value &&
    precommit.round < prevote.round &&
    prevote.polRound < precommit.round;

  /** A correct key that precommitted X in p prevotes Y in r > p only with a polka of p or later. */
  const checkLock = (vote: SeenVote): void => {
    if (!voters.isCorrect(vote.voter) || vote.value === undefined) return;
    for (const { slots } of heightLog(vote.height).rounds.values()) {
      const others = vote.step === 'prevote' ? slots.precommit : slots.prevote;
      for (const other of others.get(vote.voter) ?? []) {
        const [precommit, prevote] = vote.step === 'prevote' ? [other, vote] : [vote, other];
        if (contradicts(precommit, prevote))
          violated(
            'prevote against a lock',
            vote.height,
            `${slotOf(prevote)}: ${prevote.content} after ${precommit.content} in round ${String(precommit.round)}`,
          );
      }
    }
  };

  /** S14: what correct validators with more than a third precommitted leaves no room for a polka of another block later. */
  const checkPolka = (height: bigint, locked: string, lockRound: number, polka: string, polkaRound: number): void => {
    if (polkaRound > lockRound && polka !== locked)
      violated(
        'polka against a lock',
        height,
        `more than a third precommitted ${locked} in round ${String(lockRound)}, round ${String(polkaRound)} has a polka for ${polka}`,
      );
  };

  const checkPolkas = (vote: SeenVote, log: RoundLog): void => {
    const { voter, height, round, value } = vote;
    if (value === undefined || !voters.isSafe(height)) return;
    const power = voters.powerOf(height, voter);
    const { rounds } = heightLog(height);
    if (vote.step === 'prevote') {
      if (!voters.isQuorum(height, counted(log.prevotes, value, voter, power).power)) return;
      for (const [lockRound, { correctPrecommits }] of rounds)
        for (const [locked, by] of correctPrecommits)
          if (voters.isThird(height, by.power)) checkPolka(height, locked, lockRound, value, round);
    } else if (voters.isCorrect(voter)) {
      if (!voters.isThird(height, counted(log.correctPrecommits, value, voter, power).power)) return;
      for (const [polkaRound, { prevotes }] of rounds)
        for (const [polka, by] of prevotes)
          if (voters.isQuorum(height, by.power)) checkPolka(height, value, round, polka, polkaRound);
    }
  };

  return {
    vote: (vote) => {
      const log = roundLog(vote.height, vote.round);
      const slots = log.slots[vote.step];
      const before = slots.get(vote.voter) ?? [];
      if (before.some(({ content }) => content === vote.content)) return false;
      checkOne(vote, before);
      slots.set(vote.voter, [...before, vote]);
      count += 1;
      if (vote.step === 'attestation') return true;
      checkLock(vote);
      checkPolkas(vote, log);
      return true;
    },
    proposal: (proposal) => {
      const { proposals } = roundLog(proposal.height, proposal.round);
      const before = proposals.get(proposal.proposer) ?? [];
      if (before.includes(proposal.content)) return false;
      const [first] = before;
      if (first !== undefined) equivocations += 1;
      if (first !== undefined && voters.isCorrect(proposal.proposer))
        violated(
          'double sign',
          proposal.height,
          `validator ${String(proposal.proposer)}, round ${String(proposal.round)}, proposal: ${first} and ${proposal.content}`,
        );
      proposals.set(proposal.proposer, [...before, proposal.content]);
      if ((voters.proposerOf(proposal.height, proposal.round) ?? proposal.proposer) === proposal.proposer)
        heightLog(proposal.height).proposed.add(proposal.value);
      count += 1;
      return true;
    },
    hasVote: (voter, height, round, step) => roundLog(height, round).slots[step].has(voter),
    hasSigned: ({ voter, height, round, step, content }) =>
      roundLog(height, round)
        .slots[step].get(voter)
        ?.some((vote) => vote.content === content) ?? false,
    hasProposal: (height, proposer, round, content) =>
      roundLog(height, round).proposals.get(proposer)?.includes(content) ?? false,
    wasProposed: (height, value) => heightLog(height).proposed.has(value),
    lastPrecommit: (voter, height) => {
      let last: SeenVote | undefined;
      for (const { slots } of heightLog(height).rounds.values())
        for (const vote of slots.precommit.get(voter) ?? [])
          if (vote.value !== undefined && (last === undefined || vote.round > last.round)) last = vote;
      return last;
    },
    count: () => count,
    equivocations: () => equivocations,
    forgetBelow: (height) => {
      for (const known of heights.keys()) if (known < height) heights.delete(known);
    },
  };
};
