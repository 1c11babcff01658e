import { changeWeight, ownWeight, type GovernanceState } from '@zhtp/dao';
import { MICRO_PER_ZHTP, type IdentityId } from '@zhtp/types';
import type { ChainDomains, VotingState } from './chain-domains.ts';
import { expectRight } from './invariant.ts';
import { emptyMap, type StakingState } from '@zhtp/validators';

/** Reputation counts up to this (economics.md, Governance: On chain). */
const REPUTATION_COUNTED_MAX = 100;

/** min(100, reputation) of every validator; none for 0. Changes what changed. */
export const reputationsNow = (
  { accounts }: StakingState,
  before: VotingState['reputations'],
): VotingState['reputations'] => {
  let reputations = before;
  for (const [identity, { validator }] of accounts.entries()) {
    const counted = Math.min(REPUTATION_COUNTED_MAX, validator.reputation);
    if ((reputations.get(identity) ?? 0) === counted) continue;
    reputations = counted === 0 ? reputations.without(identity) : reputations.with(identity, counted);
  }
  return reputations;
};

/**
 * w(a) of an account with so much liquid money (economics.md, Governance: On chain). Nobody is attested: proofs of the zk-DID
 * port are unlinkable, so that one person could attest any number of accounts, each with the vote the rule denies them.
 */
export const weightOf = (
  { staking, voting }: Pick<ChainDomains, 'staking' | 'voting'>,
  identity: IdentityId,
  liquidBalance: bigint,
): bigint => {
  const bondedStake = staking.accounts.get(identity)?.validator.stake ?? 0n;
  const delegatedOut = voting.delegatedOut.get(identity) ?? 0n;
  // Less than one unit of either weighs nothing: most accounts of most blocks.
  const unit = voting.unitZhtp * MICRO_PER_ZHTP;
  if (liquidBalance < unit && bondedStake + delegatedOut < unit) return 0n;
  const reputationScore = voting.reputations.get(identity) ?? 0;
  const holdings = {
    liquidBalance,
    bondedStake,
    delegatedOut,
    contributionScore: 0,
    reputationScore,
    isAttested: false,
  };
  return ownWeight(holdings, voting.unitZhtp);
};

/** Before the first block: the unit, the reputations that validators start with, nothing delegated. */
export const firstVoting = (staking: StakingState, unitZhtp: bigint): VotingState => ({
  unitZhtp,
  delegatedOut: emptyMap(),
  reputations: reputationsNow(staking, emptyMap()),
  slashed: emptyMap(),
  recountFrom: undefined,
});

/** Governance with the weights of whoever holds something at the start, as of the block before the first. */
export const withFirstWeights = (
  domains: Pick<ChainDomains, 'staking' | 'voting' | 'governance'>,
  balances: ReadonlyMap<IdentityId, bigint>,
): GovernanceState => {
  let { governance } = domains;
  const holders = new Set([...balances.keys(), ...Array.from(domains.staking.accounts, ([identity]) => identity)]);
  for (const identity of holders) {
    const weight = weightOf(domains, identity, balances.get(identity) ?? 0n);
    if (weight === 0n) continue;
    const changed = changeWeight(governance, { identity, weight, height: governance.at.height });
    governance = expectRight(changed, `the first weight of ${identity}`).state;
  }
  return governance;
};
