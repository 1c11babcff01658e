export type { AppliedPenalty, PenaltyTarget } from './apply-penalty.ts';
export { ByzantineFaultDetector, type DetectorOptions } from './byzantine-fault-detector.ts';
export type { DetectorEvent } from './detector-event.ts';
export { evidenceOfEquivocation, verifyEquivocation } from './equivocation.ts';
export {
  createEvidencePool,
  type EvidencePool,
  type EvidencePoolLimits,
  type PooledEvidence,
} from './evidence-pool.ts';
export {
  CHAIN_THRESHOLDS,
  dueFaults,
  EMPTY_FILE,
  LOCAL_THRESHOLDS,
  markPunished,
  recordFault,
  RECORDS_PER_TYPE_MAX,
  withoutExpired,
  type DueFault,
  type FaultFile,
  type FaultRecord,
  type FaultThresholds,
} from './fault-file.ts';
export { FIRST_VOTE_HEIGHTS } from './first-votes.ts';
export { FORENSIC_RECORDS_MAX, FORENSIC_SECONDS_MAX, type ForensicQuery, type ForensicRecord } from './forensic-log.ts';
export {
  CLOCKS_APART_SECONDS_MAX,
  createHeartbeatWatch,
  HEARTBEAT_EVERY_MS,
  HEARTBEAT_PAUSE_MS,
  verifyHeartbeat,
  type HeartbeatMoment,
  type HeartbeatRefusal,
  type HeartbeatWatch,
} from './heartbeat-watch.ts';
export { TIMED_OUT_AFTER_MS, type LivenessTransition } from './liveness.ts';
export { PARTITION_PAUSE_SECONDS } from './network-partition.ts';
export { offenceKey, offenceOf, type Offence } from './offence.ts';
export {
  DEFAULT_SLASH_SHARES,
  PENALTY_TABLE,
  penaltyFor,
  type Penalty,
  type PenaltyRule,
  type SlashShares,
} from './penalties.ts';
export { REPLAY_ENTRIES_MAX, REPLAY_WINDOW_SECONDS } from './replay-window.ts';
