import { u64, type DaoVoteChoice, type DaoVoteTally, type IdentityId } from '@zhtp/types';
import { HexMap } from './hex-map.ts';

/** What one voter's live vote says, with the weight the snapshot gives its voter. */
export interface Ballot {
  readonly choice: DaoVoteChoice;
  /** Own weight, without anything delegated. */
  readonly weight: bigint;
}

/** The live votes of a proposal and their sums, kept with every vote: closing reads the tally and counts nothing. */
export interface Ballots<B extends Ballot = Ballot> {
  readonly live: HexMap<IdentityId, B>;
  /** Own weights of those who delegate to an identity, whether or not it votes. */
  readonly delegated: HexMap<IdentityId, bigint>;
  readonly tally: DaoVoteTally;
}

const EMPTY_TALLY: DaoVoteTally = {
  totalVotes: 0n,
  yesVotes: 0n,
  noVotes: 0n,
  abstainVotes: 0n,
  totalEligiblePower: 0n,
  weightedYes: 0n,
  weightedNo: 0n,
  weightedAbstain: 0n,
};

/** @param totalEligiblePower E of the snapshot; what is no amount is 0, with which nothing passes */
export const noBallots = <B extends Ballot>(totalEligiblePower: bigint): Ballots<B> => ({
  live: HexMap.empty(),
  delegated: HexMap.empty(),
  tally: { ...EMPTY_TALLY, totalEligiblePower: u64.json.is(totalEligiblePower) ? totalEligiblePower : 0n },
});

/** Adds heads and weight to the side of a direct choice; a delegation is in no head count. */
const addTo = (tally: DaoVoteTally, choice: DaoVoteChoice, heads: bigint, weight: bigint): DaoVoteTally => {
  const totalVotes = tally.totalVotes + heads;
  switch (choice._tag) {
    case 'Yes':
      return { ...tally, totalVotes, yesVotes: tally.yesVotes + heads, weightedYes: tally.weightedYes + weight };
    case 'No':
      return { ...tally, totalVotes, noVotes: tally.noVotes + heads, weightedNo: tally.weightedNo + weight };
    case 'Abstain':
      return {
        ...tally,
        totalVotes,
        abstainVotes: tally.abstainVotes + heads,
        weightedAbstain: tally.weightedAbstain + weight,
      };
    case 'Delegate':
      return tally;
  }
};

/** Takes a live vote away (`sign` −1) or puts it in (1). */
const shift = <B extends Ballot>(
  ballots: Ballots<B>,
  voter: IdentityId,
  { choice, weight }: Ballot,
  sign: 1n | -1n,
): Ballots<B> => {
  if (choice._tag !== 'Delegate') {
    const carried = weight + (ballots.delegated.get(voter) ?? 0n);
    return { ...ballots, tally: addTo(ballots.tally, choice, sign, sign * carried) };
  }
  const delegate = choice.identity;
  const received = (ballots.delegated.get(delegate) ?? 0n) + sign * weight;
  const delegated = received === 0n ? ballots.delegated.without(delegate) : ballots.delegated.with(delegate, received);
  // One level: a delegate that stays silent or itself delegates carries nothing.
  const side = ballots.live.get(delegate)?.choice;
  return {
    ...ballots,
    delegated,
    tally: side === undefined ? ballots.tally : addTo(ballots.tally, side, 0n, sign * weight),
  };
};

/**
 * The ballots with this voter's vote, in place of the one it cast before. Costs the same however many there are, and the
 * tally does not depend on the order of the voters (economics.md, Governance: Snapshot). The caller sees to it that
 * nobody delegates to itself.
 */
export const castBallot = <B extends Ballot>(ballots: Ballots<B>, voter: IdentityId, ballot: B): Ballots<B> => {
  const before = ballots.live.get(voter);
  const cleared = before === undefined ? ballots : shift(ballots, voter, before, -1n);
  const without = before === undefined ? cleared : { ...cleared, live: cleared.live.without(voter) };
  return { ...shift(without, voter, ballot, 1n), live: without.live.with(voter, ballot) };
};
