import { LedgerApplication } from '@zhtp/ledger';
import type { Application } from '@zhtp/types';

/** What the engine's facades read and wait for: committed state, and word of each commit. */
export type CommittedLedger = Pick<LedgerApplication, 'committedState' | 'watchCommits'>;

/**
 * The ledger behind an application: the one that a program names, or the application itself where it is the ledger.
 * Undefined for an application of somebody's own that names none: then nobody here knows of staking or governance.
 */
export const ledgerBehind = (
  named: CommittedLedger | undefined,
  application: Application,
): CommittedLedger | undefined => named ?? (application instanceof LedgerApplication ? application : undefined);
