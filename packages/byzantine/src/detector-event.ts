import type {
  ByzantineFault,
  ByzantineFaultType,
  ConsensusError,
  EquivocationEvidence,
  IdentityId,
  PartitionSuspectedEvidence,
  ReplayEvidence,
} from '@zhtp/types';
import type { AppliedPenalty } from './apply-penalty.ts';

/** What a detector tells, after its state changed. */
export type DetectorEvent =
  | {
      readonly _tag: 'FaultRecorded';
      readonly validator: IdentityId;
      readonly faultType: ByzantineFaultType;
      readonly height: bigint;
    }
  /** Once for each fault until it is punished or grows more severe. */
  | { readonly _tag: 'FaultDetected'; readonly fault: ByzantineFault }
  | { readonly _tag: 'PenaltyApplied'; readonly penalty: AppliedPenalty }
  | { readonly _tag: 'EquivocationDetected'; readonly evidence: EquivocationEvidence }
  | { readonly _tag: 'ReplayDetected'; readonly evidence: ReplayEvidence }
  | { readonly _tag: 'PartitionSuspected'; readonly evidence: PartitionSuspectedEvidence }
  /** A vote whose signature does not hold: dropped and counted, it accuses nobody. */
  | { readonly _tag: 'FalseReport'; readonly validator: IdentityId }
  /** A method whose documented result has no room for an error got an argument that is not of its type. */
  | { readonly _tag: 'ArgumentRefused'; readonly error: ConsensusError };
