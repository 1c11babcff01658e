import { stepOfVote } from '@zhtp/chain';
import { equalBytes, type ConsensusVote, type IdentityId } from '@zhtp/types';
import type { Peer } from '../gossip/peers.ts';

/** Contents of one slot that one peer may have checked at once: one that counts and one that convicts. */
const CONTENTS_IN_FLIGHT = 2;

/** Votes of one signer far ahead that one peer may have checked at once: its two rounds, two steps, two contents. */
const FAR_IN_FLIGHT = 8;

/** Voters without a vote under way that keep their place. */
const VOTERS_LANDED_MAX = 1_024;

/** A signature being checked. */
export interface VoteFlight {
  readonly peer: Peer;
  readonly vote: ConsensusVote;
  /** Whether its round was far ahead when it came. */
  readonly isFar: boolean;
}

/** The votes whose signatures are being checked now: nobody keeps the cores busy with copies and with what cannot all count. */
export interface VoteFlights {
  /** A copy that arrives meanwhile adds nothing; another signature of the same vote may. */
  has(vote: ConsensusVote): boolean;
  hasRoomFor(flight: VoteFlight): boolean;
  start(flight: VoteFlight): void;
  end(flight: VoteFlight): void;
}

const sameSlot = (a: ConsensusVote, b: ConsensusVote): boolean =>
  a.round === b.round && a.height === b.height && stepOfVote(a) === stepOfVote(b);

const NONE: readonly VoteFlight[] = [];

export const createVoteFlights = (): VoteFlights => {
  /** By voter, all of them in the set of a height. Nobody leaves at each landing: a Map that empties is built anew each time. */
  let flights = new Map<IdentityId, readonly VoteFlight[]>();
  let underWay = 0;
  const of = (vote: ConsensusVote): readonly VoteFlight[] => flights.get(vote.voter) ?? NONE;
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
      underWay += 1;
      const others = of(flight.vote);
      flights.set(flight.vote.voter, others.length === 0 ? [flight] : [...others, flight]);
    },
    end: (flight) => {
      underWay -= 1;
      const rest = of(flight.vote);
      flights.set(flight.vote.voter, rest.length > 1 ? rest.filter((other) => other !== flight) : NONE);
      if (underWay === 0 && flights.size > VOTERS_LANDED_MAX) flights = new Map();
    },
  };
};
