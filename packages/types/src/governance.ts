import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { EXECUTION_PARAMS_BYTES_MAX } from './governance-execution.ts';
import { postQuantumSignatureCodec } from './signature.ts';

/** Characters of a title and a description (economics.md, Governance), and the bytes they may take. */
export const PROPOSAL_TITLE_CHARACTERS_MAX = 200;
export const PROPOSAL_DESCRIPTION_CHARACTERS_MAX = 20_000;
const UTF8_BYTES_PER_CHARACTER_MAX = 4;
/** Longest reason a voter may give. */
export const JUSTIFICATION_BYTES_MAX = 4_096;
/** Longest of the outcomes and criteria an impact statement lists, and how many of each. */
const IMPACT_TEXT_BYTES_MAX = 4_096;
const IMPACT_ENTRIES_MAX = 32;

/** What a proposal is about: its quorum, its majority and what it may do follow from it (economics.md, Governance). */
export const daoProposalTypeCodec = C.literals('DaoProposalType', {
  UbiDistribution: 0,
  WelfareAllocation: 1,
  ProtocolUpgrade: 2,
  TreasuryAllocation: 3,
  ValidatorUpdate: 4,
  EconomicParams: 5,
  GovernanceRules: 6,
  FeeStructure: 7,
  Emergency: 8,
  CommunityFunding: 9,
  ResearchGrants: 10,
});
export type DaoProposalType = C.TypeOf<typeof daoProposalTypeCodec>;

/** Draft→Active; Active→Passed|Failed|Expired; Passed→Executed; Draft|Active|Passed→Cancelled; nothing else (decisions.md §2). */
export const daoProposalStatusCodec = C.literals('DaoProposalStatus', {
  Draft: 0,
  Active: 1,
  Passed: 2,
  Failed: 3,
  Executed: 4,
  Cancelled: 5,
  Expired: 6,
});
export type DaoProposalStatus = C.TypeOf<typeof daoProposalStatusCodec>;

/** What a voter says to a proposal. */
export const daoVoteChoiceCodec = C.union('DaoVoteChoice', {
  Yes: [0, {}],
  No: [1, {}],
  Abstain: [2, {}],
  /** Hands one's power to another voter for this proposal; one level deep. */
  Delegate: [3, { identity: identityCodec }],
});
export type DaoVoteChoice = C.TypeOf<typeof daoVoteChoiceCodec>;

/** Heads and weights of a proposal's votes. Delegations are in no head count (economics.md, Governance). */
export const daoVoteTallyCodec = C.struct('DaoVoteTally', {
  totalVotes: C.u64,
  yesVotes: C.u64,
  noVotes: C.u64,
  abstainVotes: C.u64,
  /** Own weight of everyone in the snapshot. */
  totalEligiblePower: C.u64,
  weightedYes: C.u64,
  weightedNo: C.u64,
  weightedAbstain: C.u64,
});
export type DaoVoteTally = C.TypeOf<typeof daoVoteTallyCodec>;

/** Anything but Public is refused at creation (decisions.md §3). */
export const privacyLevelCodec = C.literals('PrivacyLevel', {
  Public: 0,
  PartiallyPrivate: 1,
  Private: 2,
  Restricted: 3,
});
export type PrivacyLevel = C.TypeOf<typeof privacyLevelCodec>;

/** What a proposer says a proposal pays, and to how many; no rule reads it. */
export const ubiImpactCodec = C.struct('UbiImpact', {
  beneficiaries: C.u64,
  /** micro-ZHTP. */
  monthlyAmountPerBeneficiary: C.u64,
});
export type UbiImpact = C.TypeOf<typeof ubiImpactCodec>;

/** How much a proposer expects of something. */
export const impactLevelCodec = C.literals('ImpactLevel', { Low: 0, Medium: 1, High: 2, Critical: 3 });
export type ImpactLevel = C.TypeOf<typeof impactLevelCodec>;

const economicImpactFields = C.struct('EconomicImpact', {
  ubiImpact: impactLevelCodec,
  economicImpact: impactLevelCodec,
  socialImpact: impactLevelCodec,
  /** 0 to 100. */
  transparency: C.u8,
  expectedOutcomes: C.array(C.text(IMPACT_TEXT_BYTES_MAX), IMPACT_ENTRIES_MAX),
  successCriteria: C.array(C.text(IMPACT_TEXT_BYTES_MAX), IMPACT_ENTRIES_MAX),
});
export type EconomicImpact = C.TypeOf<typeof economicImpactFields>;

/** What a proposer says a proposal will bring; no rule reads it. */
export const economicImpactCodec = C.refine(economicImpactFields, 'EconomicImpact', ({ transparency }) =>
  transparency <= 100 ? undefined : `transparency is ${String(transparency)}, it must be from 0 to 100`,
);

/** A proposal. Times in seconds of block time; voting runs from start, inclusive, to end, exclusive. */
export const daoProposalCodec = C.struct('DaoProposal', {
  id: hashCodec,
  title: C.text(PROPOSAL_TITLE_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
  description: C.text(PROPOSAL_DESCRIPTION_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
  proposer: identityCodec,
  proposalType: daoProposalTypeCodec,
  status: daoProposalStatusCodec,
  votingStartTime: C.u64,
  votingEndTime: C.u64,
  /** Percent of the eligible power, 0 to 100 (decisions.md §3). */
  quorumRequired: C.u64,
  voteTally: daoVoteTallyCodec,
  createdAt: C.u64,
  createdAtHeight: C.u64,
  /** Bincode of {@link DaoExecutionParams}. */
  executionParams: C.option(C.bytes(EXECUTION_PARAMS_BYTES_MAX)),
  ubiImpact: C.option(ubiImpactCodec),
  economicImpact: C.option(economicImpactCodec),
  privacyLevel: privacyLevelCodec,
});
export type DaoProposal = C.TypeOf<typeof daoProposalCodec>;

/** A voter's live vote on a proposal, with the weight that counts for it. */
export const daoVoteCodec = C.struct('DaoVote', {
  id: hashCodec,
  voter: identityCodec,
  proposalId: hashCodec,
  voteChoice: daoVoteChoiceCodec,
  votingPower: C.u64,
  /** Seconds. */
  timestamp: C.u64,
  justification: C.option(C.text(JUSTIFICATION_BYTES_MAX)),
  signature: C.option(postQuantumSignatureCodec),
});
export type DaoVote = C.TypeOf<typeof daoVoteCodec>;
