import { option as O } from 'fp-ts';
import type * as T from '@zhtp/types';
import { nil, preVote, signature } from './values.ts';

const hash = (digit: string): T.Hash => digit.repeat(64) as T.Hash;
const identity = (digit: string): T.IdentityId => digit.repeat(64) as T.IdentityId;

export const validator: T.Validator = {
  identity: identity('a'),
  stake: 5_000_000_000n,
  storageProvided: 536_870_912_000n,
  status: 'Jailed',
  consensusKey: Uint8Array.of(4, 5),
  votingPower: 5_000n,
  commissionRate: 5,
  reputation: 100,
  lastActivity: 1_700_000_000n,
  slashCount: 1,
  jailUntil: O.some(1_700_086_400n),
  delegatedStake: 1_000_000n,
};
export const stats: T.ValidatorStats = {
  totalValidators: 5,
  activeValidators: 4,
  totalStake: 20_000_000_000n,
  totalStorage: 2_147_483_648_000n,
  totalVotingPower: 20_000n,
};
export const round: T.ConsensusRound = {
  height: 300n,
  round: 4,
  step: 'PreVote',
  startTime: 1_700_000_001_500n,
  proposer: O.some(identity('a')),
  proposals: [hash('b')],
  votes: new Map([
    [hash('0'), [hash('2')]],
    [hash('b'), [hash('1'), hash('3')]],
  ]),
  lockedRound: O.some(3),
  lockedValue: O.some(hash('b')),
  validRound: O.none,
  validValue: O.none,
  timedOut: false,
};
export const fault: T.ByzantineFault = {
  validator: identity('a'),
  faultType: 'DoubleSign',
  evidence: 'two prevotes at height 300, round 4',
  severity: 'Critical',
  detectedAt: 1_700_000_003n,
};
export const equivocation: T.EquivocationEvidence = {
  voteA: preVote,
  voteB: nil,
  receivedAtA: 1_700_000_001n,
  receivedAtB: 1_700_000_002n,
  detectedAt: 1_700_000_003n,
  reportedByPeerA: O.none,
  reportedByPeerB: O.some(identity('c')),
};
export const replay: T.ReplayEvidence = {
  validator: identity('a'),
  payloadHash: hash('1'),
  firstSeenAt: 1n,
  lastSeenAt: 2n,
  replayCount: 3,
  detectedAt: 4n,
};
export const partition: T.PartitionSuspectedEvidence = {
  height: 300n,
  round: 4,
  timedOutValidators: [identity('b'), identity('c')],
  totalValidators: 4,
  stallThreshold: 2,
  observationWindowSecs: 10n,
  detectedAt: 1_700_000_003n,
};
export const liveness: T.LivenessMonitor = {
  totalValidators: 4,
  stallThreshold: 2,
  timedOutValidators: [identity('b')],
  isStalled: false,
};
export const rewards: T.RewardRound = {
  height: 300n,
  totalRewards: 130n,
  validatorRewards: new Map([
    [
      identity('a'),
      {
        validator: identity('a'),
        baseReward: 100n,
        workBonus: 20n,
        participationBonus: 10n,
        totalReward: 130n,
        workBreakdown: new Map<T.UsefulWorkType, bigint>([
          ['Computation', 15n],
          ['NetworkRouting', 5n],
        ]),
      },
    ],
  ]),
  timestamp: 1_700_000_001n,
  treasuryShare: 7n,
};
export const statistics: T.RewardStatistics = {
  totalRounds: 2n,
  totalRewardsDistributed: 261n,
  averageRewardsPerRound: 130n,
  currentBaseReward: 100_000_000n,
};
export const updates: readonly T.GovernanceParameterValue[] = [
  { _tag: 'MinStake', value: 1n },
  { _tag: 'MinStorage', value: 2n },
  { _tag: 'MaxValidators', value: 4 },
  { _tag: 'BlockTime', value: 5n },
  { _tag: 'ProposeTimeout', value: 600n },
  { _tag: 'PrevoteTimeout', value: 700n },
  { _tag: 'PrecommitTimeout', value: 800n },
  { _tag: 'MaxTransactionsPerBlock', value: 9 },
  { _tag: 'MaxDifficulty', value: 10n },
  { _tag: 'TargetDifficulty', value: 11n },
  { _tag: 'ByzantineThreshold', value: 0.25 },
  { _tag: 'SlashDoubleSign', value: 13 },
  { _tag: 'SlashLiveness', value: 14 },
  { _tag: 'DevelopmentMode', value: false },
  { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
  { _tag: 'BlockchainAdjustmentInterval', value: 1_000n },
  { _tag: 'BlockchainTargetTimespan', value: 604_800n },
  { _tag: 'EpochLengthBlocks', value: 18n },
  { _tag: 'ChainParameter', name: 'baseReward', value: 19n },
];
export const daoProposal: T.DaoProposal = {
  id: hash('1'),
  title: 'Adjust Mining Difficulty Parameters',
  description: 'Reduce adjustment interval to 1000 blocks…',
  proposer: identity('a'),
  proposalType: 'GovernanceRules',
  status: 'Active',
  votingStartTime: 1_700_000_000n,
  votingEndTime: 1_701_209_600n,
  quorumRequired: 10n,
  voteTally: {
    totalVotes: 3n,
    yesVotes: 1n,
    noVotes: 1n,
    abstainVotes: 1n,
    totalEligiblePower: 100n,
    weightedYes: 11n,
    weightedNo: 2n,
    weightedAbstain: 1n,
  },
  createdAt: 1_700_000_000n,
  createdAtHeight: 300n,
  executionParams: O.some(Uint8Array.of(0, 0, 0, 0)),
  ubiImpact: O.some({ beneficiaries: 1_000n, monthlyAmountPerBeneficiary: 5_000_000n }),
  economicImpact: O.some({
    ubiImpact: 'Low',
    economicImpact: 'Medium',
    socialImpact: 'High',
    transparency: 100,
    expectedOutcomes: ['steadier blocks'],
    successCriteria: [],
  }),
  privacyLevel: 'Public',
};
export const daoVote: T.DaoVote = {
  id: hash('2'),
  voter: identity('c'),
  proposalId: hash('1'),
  voteChoice: { _tag: 'Delegate', identity: identity('d') },
  votingPower: 11n,
  timestamp: 1_700_000_005n,
  justification: O.some('trusts d'),
  signature: O.some(signature),
};
export const treasury: T.DaoTreasury = {
  totalBalance: 100n,
  availableBalance: 60n,
  allocatedFunds: 30n,
  reservedFunds: 10n,
  transactionHistory: [
    {
      id: hash('3'),
      kind: 'ResearchGrant',
      amount: 5n,
      recipient: O.some(identity('c')),
      source: O.none,
      proposalId: O.some(hash('1')),
      timestamp: 1_700_000_006n,
      description: 'first instalment',
    },
  ],
  annualBudgets: [
    {
      year: 2026,
      total: 30n,
      lines: new Map([
        ['grants', { allocated: 20n, spent: 5n }],
        ['ubi', { allocated: 10n, spent: 0n }],
      ]),
      spent: 5n,
      approvalProposalId: hash('1'),
    },
  ],
};
