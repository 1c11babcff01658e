import type { DaoVoteTally, IdentityId } from '@zhtp/types';
import type { Ballot } from '@zhtp/dao';

/** The tally as the rule reads: every vote is looked at when voting closes, and every delegation looked up. */
export const recount = (votes: ReadonlyMap<IdentityId, Ballot>, totalEligiblePower: bigint): DaoVoteTally => {
  const heads = { Yes: 0n, No: 0n, Abstain: 0n };
  const weights = { Yes: 0n, No: 0n, Abstain: 0n };
  for (const { choice, weight } of votes.values()) {
    const counted = choice._tag === 'Delegate' ? votes.get(choice.identity)?.choice : choice;
    if (choice._tag !== 'Delegate') heads[choice._tag] += 1n;
    if (counted !== undefined && counted._tag !== 'Delegate') weights[counted._tag] += weight;
  }
  return {
    totalVotes: heads.Yes + heads.No + heads.Abstain,
    yesVotes: heads.Yes,
    noVotes: heads.No,
    abstainVotes: heads.Abstain,
    totalEligiblePower,
    weightedYes: weights.Yes,
    weightedNo: weights.No,
    weightedAbstain: weights.Abstain,
  };
};
