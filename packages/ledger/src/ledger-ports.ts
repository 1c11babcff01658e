import type { VerifiedCache } from '@zhtp/crypto';
import type { StateStore, Verifier } from '@zhtp/types';
import type { HostedApplication } from './hosted/hosted-application.ts';
import type { StorageProver } from './proofs/proposal-proof.ts';
import type { SnapshotSchedule } from './state/snapshot-keeper.ts';

/** What a ledger stands on; only `store` and `verifier` are needed. */
export interface LedgerPorts {
  /** Holds the ledger's rows under keys that start with `ledger/`. */
  readonly store: StateStore;
  readonly verifier: Verifier;
  /** Shared with others that verify, if there are any. */
  readonly verifiedCache?: VerifiedCache;
  /** How many of the last heights can be asked about, at least 1; 100 when left out. */
  readonly keptHeights?: number;
  /** At which heights snapshots are taken; every 1000, the last two, when left out. */
  readonly snapshots?: SnapshotSchedule;
  /** What the chain hosts by its genesis; another one, or one too many, is refused by name. */
  readonly hosted?: HostedApplication;
  /** Told of damage that the chain need not stop for. */
  readonly report?: (line: string) => void;
  /** Of a validator whose consensus type requires storage proofs; without one it does not propose there. */
  readonly storageProver?: StorageProver;
}
