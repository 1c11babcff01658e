import { chainParameter, type ChainParameterName, type ChainParameterValues } from '@zhtp/dao';
import {
  allocate,
  BASE_REWARD_MAX,
  calculateRound,
  DEFAULT_FEE_SHARES,
  splitFees,
  type AccrualPool,
  type FeeShares,
  type ProvenWork,
  type RewardRules,
  type SetMember,
} from '@zhtp/rewards';
import { minBigint, type IdentityId, type UsefulWorkType } from '@zhtp/types';
import { effectiveReputation } from '@zhtp/validators';
import type { ChainDomains } from '../chain-domains.ts';
import { expectRight, present } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import type { BlockOpening } from './block-input.ts';
import { secondsOf } from './block-time.ts';
import type { CertifiedBlock } from './certified.ts';
import { accrualPool } from './staking-step.ts';

const MULTIPLIERS: readonly (readonly [UsefulWorkType, ChainParameterName])[] = [
  ['NetworkRouting', 'workMultiplierNetworkRoutingBp'],
  ['DataStorage', 'workMultiplierDataStorageBp'],
  ['Computation', 'workMultiplierComputationBp'],
  ['Validation', 'workMultiplierValidationBp'],
  ['BridgeOperations', 'workMultiplierBridgeOperationsBp'],
];

/** By the values they were made of, which stay for an epoch at least. */
const rewardRules = new WeakMap<ChainParameterValues, RewardRules>();

const rewardRulesOf = ({ governance: { chainParameters } }: ChainDomains): RewardRules => {
  const known = rewardRules.get(chainParameters);
  if (known !== undefined) return known;
  const rules: RewardRules = {
    baseReward: minBigint(chainParameter(chainParameters, 'baseRewardMicro'), BASE_REWARD_MAX),
    maxSupply: chainParameter(chainParameters, 'maxSupplyMicro'),
    workMultipliers: new Map(MULTIPLIERS.map(([type, name]) => [type, chainParameter(chainParameters, name)])),
  };
  rewardRules.set(chainParameters, rules);
  return rules;
};

const BASIS_POINTS = 10_000;

/** The treasury has what the three governed shares leave. */
const feeSharesOf = ({ governance: { chainParameters } }: ChainDomains): FeeShares => {
  const share = (name: ChainParameterName): number => Number(chainParameter(chainParameters, name));
  const ubi = share('feeShareUbiBp');
  const validators = share('feeShareValidatorsBp');
  const governance = share('feeShareGovernanceBp');
  return { ...DEFAULT_FEE_SHARES, ubi, validators, governance, treasury: BASIS_POINTS - ubi - validators - governance };
};

const membersOf = ({ staking }: ChainDomains, { members, signers }: CertifiedBlock): readonly SetMember[] => {
  const signed = new Set(signers);
  return members.map(({ identity, votingPower }) => {
    const { validator } = present(staking.accounts.get(identity), `validator ${identity} of a frozen set`);
    return { identity, votingPower, reputation: effectiveReputation(validator), hasSigned: signed.has(identity) };
  });
};

/** Into each validator's pool: its commission, and the rest for everybody who backs it. Nobody is paid twice at once. */
const payAll = (working: WorkingState, amounts: Iterable<readonly [IdentityId, bigint]>): void => {
  const { accrual, staking } = working.domains();
  const pools: (readonly [IdentityId, AccrualPool])[] = [];
  let { outstanding } = accrual;
  for (const [validator, amount] of amounts) {
    if (amount === 0n) continue;
    const { commissionRate } = present(staking.accounts.get(validator), `validator ${validator}`).validator;
    const before = accrualPool(accrual, validator);
    const { pool, toTreasury } = expectRight(allocate(before, amount, commissionRate), `the reward of ${validator}`);
    pools.push([validator, pool]);
    outstanding += pool.outstanding - before.outstanding;
    working.addIncome(toTreasury);
  }
  working.setDomains({ accrual: { ...accrual, pools: accrual.pools.withAll(pools), outstanding } });
};

/** Mints the round of this height for who signed the previous block (economics.md, Rewards). */
const payRound = (
  working: WorkingState,
  block: BlockOpening,
  members: readonly SetMember[],
  work: ProvenWork,
): void => {
  const { supply } = working.totals();
  const rules = rewardRulesOf(working.domains());
  const input = { height: block.height, time: secondsOf(block), supply, members, work };
  const round = expectRight(calculateRound(rules, input), `the reward round of block ${String(block.height)}`);
  const minted = round.totalRewards + round.treasuryShare;
  const totals = working.totals();
  working.setTotals({ ...totals, supply: totals.supply + minted, emitted: totals.emitted + minted });
  payAll(
    working,
    Array.from(round.validatorRewards.values(), ({ validator, totalReward }) => [validator, totalReward] as const),
  );
  working.addIncome(round.treasuryShare);
  working.report([{ _tag: 'RewardsDistributed', round }]);
};

/** Shares out the fees of the previous block (economics.md, Fees). */
const shareFees = (working: WorkingState, block: CertifiedBlock, members: readonly SetMember[]): void => {
  const { fees, proposer } = block;
  if (fees === 0n) return;
  const isWeighted = working.domains().consensus.proposerRotation === 'Weighted';
  const input = { fees, members, shares: feeSharesOf(working.domains()), ...(isWeighted ? { proposer } : {}) };
  const split = expectRight(splitFees(input), `the fees of block ${String(block.height)}`);
  const totals = working.totals();
  working.setTotals({
    ...totals,
    feePool: totals.feePool - fees,
    ubiPool: totals.ubiPool + split.ubi,
    governancePool: totals.governancePool + split.governance,
  });
  payAll(working, split.validators);
  working.addIncome(split.treasury);
};

/** What the previous block earned for those who signed it. */
export const reward = (
  working: WorkingState,
  block: BlockOpening,
  certified: CertifiedBlock,
  work: ProvenWork,
): void => {
  const members = membersOf(working.domains(), certified);
  payRound(working, block, members, work);
  shareFees(working, certified, members);
};
