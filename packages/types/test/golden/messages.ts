import * as T from '@zhtp/types';
import * as r from './records.ts';
import * as v from './values.ts';

/** A value in both its forms, as messages.json keeps it. */
export interface GoldenMessage {
  readonly codec: string;
  readonly hex: string;
  readonly json: T.Json;
}

const of = <A>(codec: T.Codec<A>, ...values: readonly NoInfer<A>[]): readonly GoldenMessage[] =>
  values.map((value) => ({
    codec: codec.name,
    hex: T.bytesToHex(T.encode(codec)(value)),
    json: T.toJson(codec)(value),
  }));

/** Every name of every enumeration: a renumbering must not pass unseen. */
const enumerations: readonly GoldenMessage[] = [
  ...of(T.signatureAlgorithmCodec, 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'),
  ...of(T.voteTypeCodec, 'PreVote', 'PreCommit', 'Commit', 'Against'),
  ...of(
    T.consensusTypeCodec,
    'ProofOfStake',
    'ProofOfStorage',
    'ProofOfUsefulWork',
    'Hybrid',
    'ByzantineFaultTolerance',
  ),
  ...of(T.consensusStepCodec, 'Propose', 'PreVote', 'PreCommit', 'Commit', 'NewRound'),
  ...of(T.proposerRotationCodec, 'RoundRobin', 'Weighted'),
  ...of(T.validatorStatusCodec, 'Active', 'Inactive', 'Jailed', 'Slashed'),
  ...of(T.slashTypeCodec, 'DoubleSign', 'Liveness', 'InvalidProposal', 'InvalidVote'),
  ...of(T.byzantineFaultTypeCodec, 'DoubleSign', 'Liveness', 'InvalidProposal', 'InvalidVote'),
  ...of(T.faultSeverityCodec, 'Minor', 'Major', 'Critical'),
  ...of(T.usefulWorkTypeCodec, 'NetworkRouting', 'DataStorage', 'Computation', 'Validation', 'BridgeOperations'),
  ...of(
    T.daoProposalTypeCodec,
    'UbiDistribution',
    'WelfareAllocation',
    'ProtocolUpgrade',
    'TreasuryAllocation',
    'ValidatorUpdate',
    'EconomicParams',
    'GovernanceRules',
    'FeeStructure',
    'Emergency',
    'CommunityFunding',
    'ResearchGrants',
  ),
  ...of(T.daoProposalStatusCodec, 'Draft', 'Active', 'Passed', 'Failed', 'Executed', 'Cancelled', 'Expired'),
  ...of(T.privacyLevelCodec, 'Public', 'PartiallyPrivate', 'Private', 'Restricted'),
  ...of(T.impactLevelCodec, 'Low', 'Medium', 'High', 'Critical'),
  ...of(
    T.treasuryTransactionKindCodec,
    'Deposit',
    'Allocation',
    'UbiDistribution',
    'ValidatorRewards',
    'Emergency',
    'CommunityFunding',
    'ResearchGrant',
  ),
];

const { height, round } = v.preVote;
const identity = v.preVote.voter;
const blockId = v.proposal.id;

/** What today's code makes of the fixed values; must equal messages.json. */
export const goldenMessages = (): readonly GoldenMessage[] => [
  ...enumerations,
  ...of(T.postQuantumSignatureCodec, v.signature),
  ...of(T.consensusVoteCodec, v.preVote, v.preCommit, v.nil, v.commit, v.against),
  ...of(T.consensusProofCodec, v.proof),
  ...of(T.consensusProposalCodec, v.proposal),
  ...of(
    T.evidenceCodec,
    { _tag: 'DuplicateVote', voteA: v.preVote, voteB: v.nil },
    { _tag: 'DuplicateProposal', proposalA: v.signedProposal, proposalB: { ...v.signedProposal, id: v.preVote.id } },
    { _tag: 'Amnesia', precommit: v.preCommit, prevote: v.preVote },
    { _tag: 'InvalidProposal', proposal: v.signedProposal, against: [v.against] },
    { _tag: 'InvalidVote', signer: v.preVote.voter, signed: Uint8Array.of(9, 0, 1), signature: v.signature },
    { _tag: 'InvalidProposalBytes', signer: v.preVote.voter, signed: new Uint8Array(0), signature: v.signature },
  ),
  ...of(
    T.validatorMessageCodec,
    { _tag: 'Propose', proposal: v.proposal },
    { _tag: 'Vote', vote: v.preVote },
    { _tag: 'Heartbeat', message: v.heartbeat },
  ),
  ...of(T.blockCodec, v.block),
  ...of(T.committedBlockCodec, v.committed),
  ...of(
    T.peerMessageCodec,
    { _tag: 'Propose', proposal: v.proposal },
    { _tag: 'Vote', vote: v.preVote },
    { _tag: 'Heartbeat', message: v.heartbeat },
    { _tag: 'Polka', votes: [v.preVote] },
    { _tag: 'Decision', committed: v.committed },
    { _tag: 'Status', height },
    { _tag: 'BodyRequest', height, blockId, chunk: 2 },
    { _tag: 'BodyChunk', blockId, chunk: 1, chunks: 3, bytes: Uint8Array.of(1, 2, 3) },
    { _tag: 'RoundRequest', height, round },
    { _tag: 'Round', votes: [v.nil] },
    { _tag: 'Neighbours', validators: [identity] },
  ),
  ...of(
    T.gossipMessageCodec,
    { _tag: 'Transactions', transactions: v.block.transactions },
    { _tag: 'Evidence', evidence: { _tag: 'DuplicateVote', voteA: v.preVote, voteB: v.nil } },
  ),
  ...of(
    T.syncRequestCodec,
    { _tag: 'Status' },
    { _tag: 'Blocks', fromHeight: 1n, count: 64 },
    { _tag: 'Snapshots' },
    { _tag: 'SnapshotChunk', height, chunk: 3 },
    { _tag: 'Headers', fromHeight: 1n, count: 256 },
    { _tag: 'LightBlock', height },
    { _tag: 'ValidatorSet', validatorsHash: blockId },
    { _tag: 'Parameters', parametersHash: blockId },
  ),
  ...of(T.snapshotDescriptionCodec, { height, format: 1, chunks: 3, hash: blockId }),
  ...of(T.evidencedHeaderCodec, { header: v.block.header, evidence: [] }),
  ...of(
    T.syncResponseCodec,
    { _tag: 'Status', baseHeight: 1n, headHeight: height },
    { _tag: 'Blocks', blocks: [v.committed] },
    { _tag: 'Snapshots', snapshots: [{ height, format: 1, chunks: 3, hash: blockId }] },
    { _tag: 'SnapshotChunk', bytes: Uint8Array.of(1, 2, 3) },
    { _tag: 'Headers', headers: [{ header: v.block.header, evidence: [] }] },
    { _tag: 'LightBlock', header: v.block.header, certificate: v.committed.certificate },
    { _tag: 'ValidatorSet', validators: [v.frozen] },
    { _tag: 'Parameters', parameters: v.genesis.parameters },
  ),
  ...of(T.consensusConfigCodec, v.config),
  ...of(T.genesisCodec, v.genesis),
  ...of(T.frozenValidatorsCodec, [v.frozen]),
  ...of(T.difficultyConfigCodec, T.DEFAULT_DIFFICULTY_CONFIG),
  ...of(T.validatorCodec, r.validator),
  ...of(T.validatorStatsCodec, r.stats),
  ...of(T.consensusRoundCodec, r.round),
  ...of(
    T.consensusEventCodec,
    { _tag: 'StartRound', height, trigger: 'timer' },
    { _tag: 'NewBlock', height, previousHash: v.proposal.previousHash },
    { _tag: 'ValidatorJoin', identity, stake: 5_000_000_000n },
    { _tag: 'ValidatorLeave', identity },
    { _tag: 'RoundPrepared', height },
    { _tag: 'RoundCompleted', height },
    { _tag: 'RoundFailed', height, error: 'no quorum' },
    { _tag: 'ValidatorRegistered', identity },
    { _tag: 'DaoError', error: 'unknown proposal' },
    { _tag: 'ByzantineFault', error: 'double sign' },
    { _tag: 'RewardError', error: 'height is 1' },
    { _tag: 'ProposalReceived', proposal: v.proposal },
    { _tag: 'VoteReceived', vote: v.preVote },
    {
      _tag: 'ConsensusStalled',
      height,
      round,
      timedOutValidators: [identity],
      totalValidators: 4,
      timestamp: 1_700_000_003n,
    },
    { _tag: 'ConsensusRecovered', height, round, timestamp: 1_700_000_004n },
  ),
  ...of(T.byzantineFaultCodec, r.fault),
  ...of(T.equivocationEvidenceCodec, r.equivocation),
  ...of(T.replayEvidenceCodec, r.replay),
  ...of(T.partitionSuspectedEvidenceCodec, r.partition),
  ...of(T.livenessMonitorCodec, r.liveness),
  ...of(T.rewardRoundCodec, r.rewards),
  ...of(T.rewardStatisticsCodec, r.statistics),
  ...of(
    T.daoExecutionParamsCodec,
    { action: { _tag: 'GovernanceParameterUpdate', updates: r.updates } },
    { action: { _tag: 'TreasuryPayment', recipient: identity, amount: 5n, budgetLine: 'grants' } },
    { action: { _tag: 'CancelProposal', proposalId: r.daoProposal.id } },
  ),
  ...of(T.daoProposalCodec, r.daoProposal),
  ...of(
    T.daoVoteCodec,
    r.daoVote,
    { ...r.daoVote, voteChoice: { _tag: 'Yes' } },
    { ...r.daoVote, voteChoice: { _tag: 'No' } },
    { ...r.daoVote, voteChoice: { _tag: 'Abstain' } },
  ),
  ...of(T.daoTreasuryCodec, r.treasury),
];
