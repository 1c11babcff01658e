import { isAmount, type DaoVoteTally } from '@zhtp/types';

/** How a vote ends by its numbers. */
export type VoteOutcome = 'Passed' | 'Failed' | 'Expired';

/** The strict majority: more than half, not half. */
const STRICT_MAJORITY_BP = 5_000n;
const FULL_BP = 10_000n;

const turnout = ({ weightedYes, weightedNo, weightedAbstain }: DaoVoteTally): bigint =>
  weightedYes + weightedNo + weightedAbstain;

const isTally = (tally: DaoVoteTally): boolean =>
  typeof tally === 'object' &&
  tally !== null &&
  [tally.weightedYes, tally.weightedNo, tally.weightedAbstain, tally.totalEligiblePower].every(isAmount);

/**
 * 100·(Y+N+A) ≥ q·E: abstentions count, delegations count where their delegate voted. False for what is no tally or no
 * percentage.
 */
export const isQuorumReached = (tally: DaoVoteTally, quorumPercent: bigint): boolean =>
  isTally(tally) && isAmount(quorumPercent) && 100n * turnout(tally) >= quorumPercent * tally.totalEligiblePower;

/** 2Y > Y+N for 5000 basis points, 10 000·Y ≥ bp·(Y+N) above; nobody for or against approves nothing. */
export const isApproved = ({ weightedYes, weightedNo }: DaoVoteTally, approvalBasisPoints: bigint): boolean => {
  const decided = weightedYes + weightedNo;
  if (decided === 0n) return false;
  return approvalBasisPoints <= STRICT_MAJORITY_BP
    ? 2n * weightedYes > decided
    : FULL_BP * weightedYes >= approvalBasisPoints * decided;
};

/** Expired when nobody is eligible or the quorum is missed, Failed when it is met and not approved (economics.md, Governance: Quorum). */
export const outcomeOf = (tally: DaoVoteTally, quorumPercent: bigint, approvalBasisPoints: bigint): VoteOutcome => {
  if (tally.totalEligiblePower === 0n || !isQuorumReached(tally, quorumPercent)) return 'Expired';
  return isApproved(tally, approvalBasisPoints) ? 'Passed' : 'Failed';
};
