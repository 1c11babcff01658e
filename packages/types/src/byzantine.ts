import { VALIDATORS_MAX } from './block.ts';
import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { consensusVoteCodec } from './vote.ts';

/** The reference's fault types, and InvalidVote appended (decisions.md §2). */
export const byzantineFaultTypeCodec = C.literals('ByzantineFaultType', {
  DoubleSign: 0,
  Liveness: 1,
  InvalidProposal: 2,
  InvalidVote: 3,
});
export type ByzantineFaultType = C.TypeOf<typeof byzantineFaultTypeCodec>;

/** How grave a fault is (economics.md, Faults and penalties). */
export const faultSeverityCodec = C.literals('FaultSeverity', { Minor: 0, Major: 1, Critical: 2 });
export type FaultSeverity = C.TypeOf<typeof faultSeverityCodec>;

/** Longest description of a fault. */
export const FAULT_EVIDENCE_BYTES_MAX = 4_096;

/** A fault as the local detector reports it; it accuses nobody on chain (economics.md, Faults and penalties). */
export const byzantineFaultCodec = C.struct('ByzantineFault', {
  validator: identityCodec,
  faultType: byzantineFaultTypeCodec,
  /** For people; what convicts is {@link Evidence}. */
  evidence: C.text(FAULT_EVIDENCE_BYTES_MAX),
  severity: faultSeverityCodec,
  /** Seconds. */
  detectedAt: C.u64,
});
export type ByzantineFault = C.TypeOf<typeof byzantineFaultCodec>;

/** Two votes of one validator in one slot with different contents. Times in seconds. */
export const equivocationEvidenceCodec = C.struct('EquivocationEvidence', {
  voteA: consensusVoteCodec,
  voteB: consensusVoteCodec,
  receivedAtA: C.u64,
  receivedAtB: C.u64,
  detectedAt: C.u64,
  reportedByPeerA: C.option(identityCodec),
  reportedByPeerB: C.option(identityCodec),
});
export type EquivocationEvidence = C.TypeOf<typeof equivocationEvidenceCodec>;

/** One signed payload seen again within the replay window. Times in seconds. */
export const replayEvidenceCodec = C.struct('ReplayEvidence', {
  validator: identityCodec,
  payloadHash: hashCodec,
  firstSeenAt: C.u64,
  lastSeenAt: C.u64,
  replayCount: C.u32,
  detectedAt: C.u64,
});
export type ReplayEvidence = C.TypeOf<typeof replayEvidenceCodec>;

/** So many validators silent at once that the network, not they, is the likely cause. */
export const partitionSuspectedEvidenceCodec = C.struct('PartitionSuspectedEvidence', {
  height: C.u64,
  round: C.u32,
  /** Identity order. */
  timedOutValidators: C.array(identityCodec, VALIDATORS_MAX),
  totalValidators: C.u32,
  /** n − ⌊2n/3⌋ (decisions.md §5). */
  stallThreshold: C.u32,
  observationWindowSecs: C.u64,
  /** Seconds. */
  detectedAt: C.u64,
});
export type PartitionSuspectedEvidence = C.TypeOf<typeof partitionSuspectedEvidenceCodec>;

/** Who has been silent too long, and whether that is enough to stop consensus. */
export const livenessMonitorCodec = C.struct('LivenessMonitor', {
  totalValidators: C.u32,
  /** n − ⌊2n/3⌋ (decisions.md §5). */
  stallThreshold: C.u32,
  /** Identity order. */
  timedOutValidators: C.array(identityCodec, VALIDATORS_MAX),
  isStalled: C.boolean,
});
export type LivenessMonitor = C.TypeOf<typeof livenessMonitorCodec>;
