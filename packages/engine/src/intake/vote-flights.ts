import { stepOfVote } from '@zhtp/chain';
import { equalBytes, type ConsensusVote } from '@zhtp/types';
import type { Peer } from '../gossip/peers.ts';
import type { Voters } from './voters.ts';

/** Contents of one slot that one peer may have checked at once: one that counts and one that convicts. */
const CONTENTS_IN_FLIGHT = 2;

/** Votes of one signer far ahead in a height that one peer may have checked at once: its two rounds, two steps, two contents. */
const FAR_IN_FLIGHT = 8;

/** A signature being checked. */
export interface VoteFlight {
  readonly peer: Peer;
  readonly vote: ConsensusVote;
  /** Whether its round was far ahead when it came. */
  readonly isFar: boolean;
}

/**
 * The votes of one height whose signatures are being checked now: nobody keeps the cores busy with copies and with what
 * cannot all count.
 */
export interface VoteFlights {
  /** A copy that arrives meanwhile adds nothing; another signature of the same vote may. */
  has(vote: ConsensusVote): boolean;
  hasRoomFor(flight: VoteFlight): boolean;
  /** Of a voter of the set. */
  start(flight: VoteFlight): void;
  end(flight: VoteFlight): void;
}

const sameSlot = (a: ConsensusVote, b: ConsensusVote): boolean =>
  a.round === b.round && stepOfVote(a) === stepOfVote(b);

const NONE: readonly VoteFlight[] = [];

export const createVoteFlights = (voters: Voters): VoteFlights => {
  const flights: (readonly VoteFlight[])[] = voters.ids.map(() => NONE);
  const of = (vote: ConsensusVote): readonly VoteFlight[] => flights[voters.indexOf(vote.voter)] ?? NONE;
  return {
    has: (vote) => {
      for (const other of of(vote))
        if (other.vote.id === vote.id && equalBytes(other.vote.signature.signature, vote.signature.signature))
          return true;
      return false;
    },
    hasRoomFor: ({ peer, vote, isFar }) => {
      let contents = 0;
      let far = 0;
      for (const other of of(vote)) {
        if (other.peer !== peer) continue;
        if (sameSlot(other.vote, vote)) contents += 1;
        if (other.isFar) far += 1;
      }
      return contents < CONTENTS_IN_FLIGHT && (!isFar || far < FAR_IN_FLIGHT);
    },
    start: (flight) => {
      const position = voters.indexOf(flight.vote.voter);
      if (position >= 0) flights[position] = [...(flights[position] ?? NONE), flight];
    },
    end: (flight) => {
      const position = voters.indexOf(flight.vote.voter);
      const rest = flights[position];
      if (rest !== undefined) flights[position] = rest.length > 1 ? rest.filter((other) => other !== flight) : NONE;
    },
  };
};
