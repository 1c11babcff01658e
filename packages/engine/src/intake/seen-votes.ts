import { option as O } from 'fp-ts';
import { stepOfVote, type VoteStep } from '@zhtp/chain';
import type { ConsensusVote } from '@zhtp/types';
import { admitRound } from './far-rounds.ts';
import { createVoteFlights, type VoteFlights } from './vote-flights.ts';
import type { Voters } from './voters.ts';

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
  /** Of a voter of the set; of anybody else nothing is kept. */
  add(vote: ConsensusVote, nearestFar: number): void;
  /** The verified vote with this content, if any. */
  find(vote: ConsensusVote): ConsensusVote | undefined;
  /** Every verified vote of a round. */
  ofRound(round: number): readonly ConsensusVote[];
  /** Every verified vote. */
  all(): readonly ConsensusVote[];
  /** The votes of the height whose signatures are being checked. */
  readonly flights: VoteFlights;
}

/** The votes of one step of a round, by the voters' positions in the set. A slot keeps two contents. */
interface StepSlots {
  /** The content that counts. */
  readonly first: (ConsensusVote | undefined)[];
  /** The one that convicts. */
  readonly second: Map<number, ConsensusVote>;
}

type RoundSlots = Record<VoteStep, StepSlots | undefined>;

const STEPS: readonly VoteStep[] = ['prevote', 'precommit', 'attestation'];

const sameContent = (a: ConsensusVote, b: ConsensusVote): boolean =>
  a.voteType === b.voteType &&
  O.toNullable(a.proposalId) === O.toNullable(b.proposalId) &&
  O.toNullable(a.polRound) === O.toNullable(b.polRound) &&
  O.toNullable(a.appHash) === O.toNullable(b.appHash);

const VERDICTS = { Admitted: 'new', Displaces: 'displaces', Refused: 'far' } as const;

const contentsAt = (slots: RoundSlots, position: number): readonly ConsensusVote[] =>
  STEPS.flatMap((step) => [slots[step]?.first[position] ?? [], slots[step]?.second.get(position) ?? []].flat());

const takesPart = (slots: RoundSlots, position: number): boolean =>
  STEPS.some((step) => slots[step]?.first[position] !== undefined);

/** Dense by position: nearly every slot of a height is filled on every node, and a table for each voter would outgrow its votes. */
export const createSeenVotes = (voters: Voters): SeenVotes => {
  const rounds = new Map<number, RoundSlots>();
  /** Positions in the order in which their first votes came. */
  const arrivals: number[] = [];
  const hasArrived = voters.ids.map(() => false);

  const stepAt = (vote: ConsensusVote): StepSlots | undefined => rounds.get(vote.round)?.[stepOfVote(vote)];

  const findAt = (slots: StepSlots | undefined, position: number, vote: ConsensusVote): ConsensusVote | undefined => {
    const first = slots?.first[position];
    if (slots === undefined || first === undefined) return undefined;
    if (sameContent(first, vote)) return first;
    const second = slots.second.get(position);
    return second !== undefined && sameContent(second, vote) ? second : undefined;
  };

  const stepOf = (vote: ConsensusVote): StepSlots => {
    const known = rounds.get(vote.round);
    const slots: RoundSlots = known ?? { prevote: undefined, precommit: undefined, attestation: undefined };
    if (known === undefined) rounds.set(vote.round, slots);
    return (slots[stepOfVote(vote)] ??= { first: voters.ids.map(() => undefined), second: new Map() });
  };

  const roundsOf = (position: number): readonly number[] =>
    [...rounds].flatMap(([round, slots]) => (takesPart(slots, position) ? [round] : []));

  const forget = (position: number, round: number): void => {
    const slots = rounds.get(round);
    if (slots === undefined) return;
    for (const step of STEPS) {
      const at = slots[step];
      if (at === undefined) continue;
      at.first[position] = undefined;
      at.second.delete(position);
    }
    if (!arrivals.some((other) => takesPart(slots, other))) rounds.delete(round);
  };

  return {
    flights: createVoteFlights(voters),
    find: (vote) => findAt(stepAt(vote), voters.indexOf(vote.voter), vote),
    look: (vote, nearestFar) => {
      const position = voters.indexOf(vote.voter);
      const slots = stepAt(vote);
      if (slots?.first[position] === undefined)
        return vote.round < nearestFar ? 'new' : VERDICTS[admitRound(roundsOf(position), vote.round, nearestFar)._tag];
      if (findAt(slots, position, vote) !== undefined) return 'known';
      return slots.second.has(position) ? 'full' : 'conflict';
    },
    add: (vote, nearestFar) => {
      const position = voters.indexOf(vote.voter);
      if (position < 0) return;
      if (vote.round >= nearestFar) {
        const room = admitRound(roundsOf(position), vote.round, nearestFar);
        if (room._tag === 'Refused') return;
        if (room._tag === 'Displaces') forget(position, room.round);
      }
      if (hasArrived[position] === false) {
        hasArrived[position] = true;
        arrivals.push(position);
      }
      const slots = stepOf(vote);
      const first = slots.first[position];
      if (first === undefined) slots.first[position] = vote;
      else if (!slots.second.has(position) && !sameContent(first, vote)) slots.second.set(position, vote);
    },
    all: () => arrivals.flatMap((position) => [...rounds.values()].flatMap((slots) => contentsAt(slots, position))),
    ofRound: (round) => {
      const slots = rounds.get(round);
      return slots === undefined ? [] : arrivals.flatMap((position) => contentsAt(slots, position));
    },
  };
};
