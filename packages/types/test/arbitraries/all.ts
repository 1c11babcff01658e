import fc, { type Arbitrary } from 'fast-check';
import * as T from '@zhtp/types';
import * as chain from './chain.ts';
import * as governance from './governance.ts';
import * as leaves from './leaves.ts';
import * as messages from './messages.ts';
import * as records from './records.ts';

/** A codec with values of its type; its parameter is hidden so that all of them fit one table. */
export interface CodecCase {
  /** Name of the codec among the package's exports. */
  readonly exported: string;
  readonly use: <R>(run: <A>(codec: T.Codec<A>, values: Arbitrary<A>) => R) => R;
}

const of = <A>(exported: string, codec: T.Codec<A>, values: Arbitrary<A>): CodecCase => ({
  exported,
  use: (run) => run(codec, values),
});

/** Every codec the package exports; codecs.test.ts fails when one is missing. */
export const codecCases: readonly CodecCase[] = [
  of('u8', T.u8, leaves.u8),
  of('u16', T.u16, leaves.u16),
  of('u32', T.u32, leaves.u32),
  of('u64', T.u64, leaves.u64),
  of('u128', T.u128, leaves.u128),
  of('i64', T.i64, leaves.i64),
  of('f64', T.f64, leaves.f64),
  of('boolean', T.boolean, fc.boolean()),
  of('hashCodec', T.hashCodec, leaves.hash),
  of('identityCodec', T.identityCodec, leaves.identity),
  of('publicKeyCodec', T.publicKeyCodec, messages.publicKey),
  of('signatureAlgorithmCodec', T.signatureAlgorithmCodec, messages.signatureAlgorithm),
  of('postQuantumSignatureCodec', T.postQuantumSignatureCodec, messages.signature),
  of('voteTypeCodec', T.voteTypeCodec, messages.voteType),
  of('consensusVoteCodec', T.consensusVoteCodec, messages.vote),
  of('consensusTypeCodec', T.consensusTypeCodec, messages.consensusType),
  of('stakeDelegationCodec', T.stakeDelegationCodec, messages.stakeDelegation),
  of('stakeProofCodec', T.stakeProofCodec, messages.stakeProof),
  of('storageChallengeCodec', T.storageChallengeCodec, messages.storageChallenge),
  of('storageChallengeProofCodec', T.storageChallengeProofCodec, messages.storageChallengeProof),
  of('challengeOutcomeCodec', T.challengeOutcomeCodec, messages.challengeOutcome),
  of('challengeResultCodec', T.challengeResultCodec, messages.challengeResult),
  of('storageCapacityAttestationCodec', T.storageCapacityAttestationCodec, messages.storageCapacityAttestation),
  of('workProofCodec', T.workProofCodec, messages.workProof),
  of('consensusProofCodec', T.consensusProofCodec, messages.consensusProof),
  of('consensusProposalCodec', T.consensusProposalCodec, messages.proposal),
  of('unrefinedProposalCodec', T.unrefinedProposalCodec, messages.proposal),
  of('misshapenMessageCodec', T.misshapenMessageCodec, messages.misshapen),
  of('signedProposalCodec', T.signedProposalCodec, messages.signedProposal),
  of('evidenceCodec', T.evidenceCodec, messages.evidence),
  of('consensusStepCodec', T.consensusStepCodec, messages.consensusStep),
  of('heartbeatMessageCodec', T.heartbeatMessageCodec, messages.heartbeat),
  of('validatorMessageCodec', T.validatorMessageCodec, messages.validatorMessage),
  of('headerCodec', T.headerCodec, chain.header),
  of('commitCertificateCodec', T.commitCertificateCodec, chain.commitCertificate),
  of('blockCodec', T.blockCodec, chain.block),
  of('committedBlockCodec', T.committedBlockCodec, chain.committedBlock),
  of('commitExtensionsCodec', T.commitExtensionsCodec, chain.commitExtensions),
  of('peerMessageCodec', T.peerMessageCodec, chain.peerMessage),
  of('gossipMessageCodec', T.gossipMessageCodec, chain.gossipMessage),
  of('syncRequestCodec', T.syncRequestCodec, chain.syncRequest),
  of('syncResponseCodec', T.syncResponseCodec, chain.syncResponse),
  of('consensusConfigCodec', T.consensusConfigCodec, chain.consensusConfig),
  of('proposerRotationCodec', T.proposerRotationCodec, chain.proposerRotation),
  of('chainParametersCodec', T.chainParametersCodec, chain.chainParameters),
  of('genesisValidatorCodec', T.genesisValidatorCodec, chain.genesisValidator),
  of('genesisCodec', T.genesisCodec, chain.genesis),
  of('frozenValidatorCodec', T.frozenValidatorCodec, chain.frozenValidator),
  of('frozenValidatorsCodec', T.frozenValidatorsCodec, leaves.list(chain.frozenValidator)),
  of('difficultyConfigCodec', T.difficultyConfigCodec, chain.difficultyConfig),
  of('validatorStatusCodec', T.validatorStatusCodec, records.validatorStatus),
  of('slashTypeCodec', T.slashTypeCodec, records.slashType),
  of('validatorCodec', T.validatorCodec, records.validator),
  of('validatorStatsCodec', T.validatorStatsCodec, records.validatorStats),
  of('consensusRoundCodec', T.consensusRoundCodec, records.consensusRound),
  of('consensusEventCodec', T.consensusEventCodec, records.consensusEvent),
  of('byzantineFaultTypeCodec', T.byzantineFaultTypeCodec, records.byzantineFaultType),
  of('faultSeverityCodec', T.faultSeverityCodec, records.faultSeverity),
  of('byzantineFaultCodec', T.byzantineFaultCodec, records.byzantineFault),
  of('equivocationEvidenceCodec', T.equivocationEvidenceCodec, records.equivocationEvidence),
  of('replayEvidenceCodec', T.replayEvidenceCodec, records.replayEvidence),
  of('partitionSuspectedEvidenceCodec', T.partitionSuspectedEvidenceCodec, records.partitionSuspectedEvidence),
  of('livenessMonitorCodec', T.livenessMonitorCodec, records.livenessMonitor),
  of('usefulWorkTypeCodec', T.usefulWorkTypeCodec, records.usefulWorkType),
  of('validatorRewardCodec', T.validatorRewardCodec, records.validatorReward),
  of('rewardRoundCodec', T.rewardRoundCodec, records.rewardRound),
  of('rewardStatisticsCodec', T.rewardStatisticsCodec, records.rewardStatistics),
  of('budgetLineNameCodec', T.budgetLineNameCodec, records.budgetLineName),
  of('governanceParameterValueCodec', T.governanceParameterValueCodec, records.governanceParameterValue),
  of('governanceParameterUpdateCodec', T.governanceParameterUpdateCodec, records.governanceParameterUpdate),
  of('daoExecutionActionCodec', T.daoExecutionActionCodec, records.daoExecutionAction),
  of(
    'daoExecutionParamsCodec',
    T.daoExecutionParamsCodec,
    records.daoExecutionAction.map((action) => ({ action })),
  ),
  of('daoVoteChoiceCodec', T.daoVoteChoiceCodec, records.daoVoteChoice),
  of('daoVoteCodec', T.daoVoteCodec, records.daoVote),
  of('daoProposalTypeCodec', T.daoProposalTypeCodec, governance.daoProposalType),
  of('daoProposalStatusCodec', T.daoProposalStatusCodec, governance.daoProposalStatus),
  of('daoVoteTallyCodec', T.daoVoteTallyCodec, governance.daoVoteTally),
  of('privacyLevelCodec', T.privacyLevelCodec, governance.privacyLevel),
  of('ubiImpactCodec', T.ubiImpactCodec, governance.ubiImpact),
  of('impactLevelCodec', T.impactLevelCodec, governance.impactLevel),
  of('economicImpactCodec', T.economicImpactCodec, governance.economicImpact),
  of('daoProposalCodec', T.daoProposalCodec, governance.daoProposal),
  of('treasuryTransactionKindCodec', T.treasuryTransactionKindCodec, governance.treasuryTransactionKind),
  of('treasuryTransactionCodec', T.treasuryTransactionCodec, governance.treasuryTransaction),
  of('budgetLineCodec', T.budgetLineCodec, governance.budgetLine),
  of('annualBudgetCodec', T.annualBudgetCodec, governance.annualBudget),
  of('daoTreasuryCodec', T.daoTreasuryCodec, governance.daoTreasury),
];
