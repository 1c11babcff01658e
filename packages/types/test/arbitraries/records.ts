import fc, { type Arbitrary } from 'fast-check';
import type * as T from '@zhtp/types';
import { bytes, f64, hash, identity, list, map, option, text, u32, u64, u8 } from './leaves.ts';
import { consensusStep, proposal, publicKey, signature, vote } from './messages.ts';

export const validatorStatus = fc.constantFrom<T.ValidatorStatus>('Active', 'Inactive', 'Jailed', 'Slashed');
export const slashType = fc.constantFrom<T.SlashType>('DoubleSign', 'Liveness', 'InvalidProposal', 'InvalidVote');

export const validator: Arbitrary<T.Validator> = fc.record({
  identity,
  stake: u64,
  storageProvided: u64,
  status: validatorStatus,
  consensusKey: publicKey,
  votingPower: u64,
  commissionRate: u8,
  reputation: u32,
  lastActivity: u64,
  slashCount: u32,
  jailUntil: option(u64),
  delegatedStake: u64,
});

export const validatorStats: Arbitrary<T.ValidatorStats> = fc.record({
  totalValidators: u32,
  activeValidators: u32,
  totalStake: u64,
  totalStorage: u64,
  totalVotingPower: u64,
});

export const consensusRound: Arbitrary<T.ConsensusRound> = fc.record({
  height: u64,
  round: u32,
  step: consensusStep,
  startTime: u64,
  proposer: option(identity),
  proposals: list(hash),
  votes: map(hash, list(hash)),
  lockedRound: option(u32),
  lockedValue: option(hash),
  validRound: option(u32),
  validValue: option(hash),
  timedOut: fc.boolean(),
});

export const consensusEvent: Arbitrary<T.ConsensusEvent> = fc.oneof(
  fc.record({ _tag: fc.constant('StartRound' as const), height: u64, trigger: text() }),
  fc.record({ _tag: fc.constant('NewBlock' as const), height: u64, previousHash: hash }),
  fc.record({ _tag: fc.constant('ValidatorJoin' as const), identity, stake: u64 }),
  fc.record({ _tag: fc.constantFrom('ValidatorLeave' as const, 'ValidatorRegistered' as const), identity }),
  fc.record({ _tag: fc.constantFrom('RoundPrepared' as const, 'RoundCompleted' as const), height: u64 }),
  fc.record({ _tag: fc.constant('RoundFailed' as const), height: u64, error: text() }),
  fc.record({
    _tag: fc.constantFrom('DaoError' as const, 'ByzantineFault' as const, 'RewardError' as const),
    error: text(),
  }),
  fc.record({ _tag: fc.constant('ProposalReceived' as const), proposal }),
  fc.record({ _tag: fc.constant('VoteReceived' as const), vote }),
  fc.record({
    _tag: fc.constant('ConsensusStalled' as const),
    height: u64,
    round: u32,
    timedOutValidators: list(identity),
    totalValidators: u32,
    timestamp: u64,
  }),
  fc.record({ _tag: fc.constant('ConsensusRecovered' as const), height: u64, round: u32, timestamp: u64 }),
);

export const byzantineFaultType = fc.constantFrom<T.ByzantineFaultType>(
  'DoubleSign',
  'Liveness',
  'InvalidProposal',
  'InvalidVote',
);
export const faultSeverity = fc.constantFrom<T.FaultSeverity>('Minor', 'Major', 'Critical');
export const byzantineFault: Arbitrary<T.ByzantineFault> = fc.record({
  validator: identity,
  faultType: byzantineFaultType,
  evidence: text(),
  severity: faultSeverity,
  detectedAt: u64,
});
export const equivocationEvidence: Arbitrary<T.EquivocationEvidence> = fc.record({
  voteA: vote,
  voteB: vote,
  receivedAtA: u64,
  receivedAtB: u64,
  detectedAt: u64,
  reportedByPeerA: option(identity),
  reportedByPeerB: option(identity),
});
export const replayEvidence: Arbitrary<T.ReplayEvidence> = fc.record({
  validator: identity,
  payloadHash: hash,
  firstSeenAt: u64,
  lastSeenAt: u64,
  replayCount: u32,
  detectedAt: u64,
});
export const partitionSuspectedEvidence: Arbitrary<T.PartitionSuspectedEvidence> = fc.record({
  height: u64,
  round: u32,
  timedOutValidators: list(identity),
  totalValidators: u32,
  stallThreshold: u32,
  observationWindowSecs: u64,
  detectedAt: u64,
});
export const livenessMonitor: Arbitrary<T.LivenessMonitor> = fc.record({
  totalValidators: u32,
  stallThreshold: u32,
  timedOutValidators: list(identity),
  isStalled: fc.boolean(),
});

export const usefulWorkType = fc.constantFrom<T.UsefulWorkType>(
  'NetworkRouting',
  'DataStorage',
  'Computation',
  'Validation',
  'BridgeOperations',
);
export const validatorReward: Arbitrary<T.ValidatorReward> = fc.record({
  validator: identity,
  baseReward: u64,
  workBonus: u64,
  participationBonus: u64,
  totalReward: u64,
  workBreakdown: map(usefulWorkType, u64),
});
export const rewardRound: Arbitrary<T.RewardRound> = fc.record({
  height: u64,
  totalRewards: u64,
  validatorRewards: map(identity, validatorReward),
  timestamp: u64,
  treasuryShare: u64,
});
export const rewardStatistics: Arbitrary<T.RewardStatistics> = fc.record({
  totalRounds: u64,
  totalRewardsDistributed: u64,
  averageRewardsPerRound: u64,
  currentBaseReward: u64,
});

export const daoVoteChoice: Arbitrary<T.DaoVoteChoice> = fc.oneof(
  fc.constantFrom<T.DaoVoteChoice>({ _tag: 'Yes' }, { _tag: 'No' }, { _tag: 'Abstain' }),
  fc.record({ _tag: fc.constant('Delegate' as const), identity }),
);
export const daoVote: Arbitrary<T.DaoVote> = fc.record({
  id: hash,
  voter: identity,
  proposalId: hash,
  voteChoice: daoVoteChoice,
  votingPower: u64,
  timestamp: u64,
  justification: option(text()),
  signature: option(signature),
});

export const budgetLineName = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/);

const integerParameter = fc.record({
  _tag: fc.constantFrom(
    'MinStake' as const,
    'MinStorage' as const,
    'BlockTime' as const,
    'ProposeTimeout' as const,
    'PrevoteTimeout' as const,
    'PrecommitTimeout' as const,
    'MaxDifficulty' as const,
    'TargetDifficulty' as const,
    'BlockchainAdjustmentInterval' as const,
    'BlockchainTargetTimespan' as const,
    'EpochLengthBlocks' as const,
  ),
  value: u64,
});
const countParameter = fc.record({
  _tag: fc.constantFrom(
    'MaxValidators' as const,
    'MaxTransactionsPerBlock' as const,
    'BlockchainInitialDifficulty' as const,
  ),
  value: u32,
});
export const governanceParameterValue: Arbitrary<T.GovernanceParameterValue> = fc.oneof(
  integerParameter,
  countParameter,
  fc.record({ _tag: fc.constant('ByzantineThreshold' as const), value: f64 }),
  fc.record({ _tag: fc.constantFrom('SlashDoubleSign' as const, 'SlashLiveness' as const), value: u8 }),
  fc.record({ _tag: fc.constant('DevelopmentMode' as const), value: fc.boolean() }),
  fc.record({ _tag: fc.constant('ChainParameter' as const), name: text(), value: u64 }),
);
export const governanceParameterUpdate: Arbitrary<T.GovernanceParameterUpdate> = fc.record({
  updates: list(governanceParameterValue),
});
export const daoExecutionAction: Arbitrary<T.DaoExecutionAction> = fc.oneof(
  fc.record({ _tag: fc.constant('GovernanceParameterUpdate' as const), updates: list(governanceParameterValue) }),
  fc.record({
    _tag: fc.constant('TreasuryPayment' as const),
    recipient: identity,
    amount: u64,
    budgetLine: budgetLineName,
  }),
  fc.record({ _tag: fc.constant('CancelProposal' as const), proposalId: hash }),
);
export const executionParamsBytes = option(bytes());
