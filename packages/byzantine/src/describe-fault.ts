import { FAULT_EVIDENCE_BYTES_MAX, type ByzantineFault, type IdentityId } from '@zhtp/types';
import type { DueFault, FaultRecord } from './fault-file.ts';

/** Longest reason a caller may give for an invalid proposal or vote, bytes. */
export const VIOLATION_BYTES_MAX = 256;
const RECORDS_SHOWN_MAX = 8;

const shown = ({ height, detail }: FaultRecord): string => `height ${String(height)}: ${detail}`;

/** What a fault rests on, for people; well within {@link FAULT_EVIDENCE_BYTES_MAX}. */
const evidenceText = ({ records }: DueFault): string => {
  const first = records.slice(0, RECORDS_SHOWN_MAX).map(shown).join('; ');
  const more = records.length - RECORDS_SHOWN_MAX;
  return more > 0 ? `${first}; and ${String(more)} more` : first;
};

/** A due fault as the documented surface reports it. */
export const faultOf = (validator: IdentityId, due: DueFault, detectedAt: bigint): ByzantineFault => ({
  validator,
  faultType: due.faultType,
  evidence: evidenceText(due).slice(0, FAULT_EVIDENCE_BYTES_MAX),
  severity: due.severity,
  detectedAt,
});
