import type { WorkingState } from '../working-state.ts';
import { withoutOldReceipts } from './work-record.ts';

/** Receipts of epochs that ended go, a bounded number in each block: none of them can be used again. */
export const forgetReceipts = (working: WorkingState): void => {
  const { proofs } = working.domains();
  const kept = withoutOldReceipts(proofs);
  if (kept !== proofs) working.setDomains({ proofs: kept });
};
