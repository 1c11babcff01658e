export {
  BLOCK_EVIDENCE_BYTES_MAX,
  BLOCK_TIME_MAX_MS,
  checkBlockBody,
  checkBlockLimits,
  checkBodyOfHeader,
  makeBlock,
  noProof,
  secondsOf,
  type BlockParts,
} from './block.ts';
export type { BlockError, BlockErrorTag } from './block-error.ts';
export { checkBlockEvidence, type BlockEvidenceRules } from './block-evidence.ts';
export {
  addLatePrecommits,
  emptyCertificate,
  isEmptyCertificate,
  makeCertificate,
  signedPower,
  signersOf,
  type CertificateError,
} from './certificate.ts';
export { votesOfCertificate } from './certificate-votes.ts';
export { certificateBytesMax, checkGenesis, invalidParameters } from './check-genesis.ts';
export type { CollectedMessages } from './collected-messages.ts';
export { findCulprits, type Culprit, type CulpritsReport, type UnshownPolka } from './culprits.ts';
export {
  accusedBy,
  amnesia,
  duplicateProposal,
  duplicateVote,
  evidenceChecks,
  evidenceHeight,
  evidenceIdOf,
  verifyEvidence,
} from './evidence.ts';
export {
  EVIDENCE_FILE_FORMAT_VERSION,
  EVIDENCE_FILE_HEIGHTS_MAX,
  evidenceFileJson,
  readEvidenceFile,
  type EvidenceFile,
  type ProvenHeader,
} from './evidence-file.ts';
export { evidenceAgeBlocks, isExpired, type Moment } from './evidence-age.ts';
export type { EvidenceError } from './evidence-error.ts';
export { invalidBytesOf, invalidProposalOf, invalidVoteOf, type EvidenceOfBytes } from './invalid-bytes.ts';
export { invalidProposal } from './invalid-proposal.ts';
export { genesisHashOf, readGenesis, writeGenesisText, type GenesisError } from './genesis.ts';
export {
  blockIdOf,
  commitHashOf,
  dataHashOf,
  evidenceHashOf,
  HEADER_FIELDS,
  headerFieldProof,
  parametersHashOf,
  proofHashOf,
  verifyHeaderField,
  type HeaderField,
  type HeaderFieldProof,
} from './header.ts';
export {
  LIGHT_CLOCK_DRIFT_MS,
  lightRules,
  trustingPeriodMs,
  type LightBlock,
  type LightError,
  type LightRules,
  type TrustedState,
} from './light-block.ts';
export {
  lightBlockChecks,
  trustLightBlock,
  verifyAdjacent,
  verifyLightBlock,
  verifyNonAdjacent,
  type LightStep,
} from './light-verification.ts';
export { checkBlockAgainst, verifyBlockAgainst, type NextBlockRules } from './parent-rules.ts';
export {
  checkEnvelope,
  openProposal,
  proposalContentOf,
  sealProposal,
  signedProposalOf,
  type Offer,
} from './proposal.ts';
export {
  extensionSignBytes,
  heartbeatSignBytes,
  possessionSignBytes,
  precommitSignBytes,
  proposalSignBytes,
  voteContentCodec,
  voteSignBytes,
  type ExtensionContent,
  type HeartbeatContent,
  type ProposalContent,
  type VoteContent,
} from './sign-bytes.ts';
export {
  extensionCheck,
  heartbeatCheck,
  possessionCheck,
  proposalCheck,
  receivedVoteCheck,
  type VoteCheckFault,
  voteCheck,
  type SigningContext,
} from './signature-checks.ts';
export { proveSets, type MakeSet, type ProvenSets, type SetsToProve, type TrustedBlock } from './proven-sets.ts';
export type { SignerSet } from './signer-set.ts';
export {
  beginVerification,
  LIGHT_REMEMBERED_MAX,
  LIGHT_STEPS_MAX,
  offerChecks,
  offerLightBlock,
  type LightJudge,
  type LightOutcome,
  type LightVerification,
  type VerificationOptions,
} from './skipping-verification.ts';
export { isTimely, messageDelayAt } from './timeliness.ts';
export {
  commitChecksFull,
  commitChecksLight,
  commitChecksTrusting,
  decisionOf,
  verifyCommitFull,
  verifyCommitLight,
  verifyCommitTrusting,
  type CommitClaim,
  type Decision,
} from './verify-commit.ts';
export { verifyNow, type VerifySignature } from './verify-now.ts';
export { checkVoteId, sealVote, voteIdOf, withoutExtension, type SealedExtension } from './vote-id.ts';
export { stepOfVote, type VoteStep } from './vote-step.ts';
