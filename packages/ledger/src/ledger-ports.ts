import type { VerifiedCache } from '@zhtp/crypto';
import type { ApplicationError, StateStore, Verifier } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { fail } from './application-error.ts';
import type { HostedApplication } from './hosted/hosted-application.ts';
import type { StorageProver } from './proofs/proposal-proof.ts';
import { KeptHistory } from './state/kept-history.ts';
import { rangeFrom } from './state/kept-range.ts';
import { DEFAULT_SNAPSHOT_SCHEDULE, SnapshotKeeper, type SnapshotSchedule } from './state/snapshot-keeper.ts';
import { loadKeptRange, type StoredLedger } from './stored-ledger.ts';

/** States after the last heights that queries can ask for, unless a port says otherwise. */
const KEPT_HEIGHTS = 100;

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

/** The history of a ledger whose state no block of this node led to. */
export const beginHistory = ({ store, keptHeights = KEPT_HEIGHTS }: LedgerPorts, stored: StoredLedger): KeptHistory =>
  new KeptHistory(store, keptHeights, stored, rangeFrom(stored.meta));

/** What a store holds beside the state. */
export interface OpenedBeside {
  /** Undefined: there is no state yet. */
  readonly history: KeptHistory | undefined;
  readonly snapshots: SnapshotKeeper;
}

export const openBeside = async (
  ports: LedgerPorts,
  stored: StoredLedger | undefined,
): Promise<Either<ApplicationError, OpenedBeside>> => {
  const { store, keptHeights = KEPT_HEIGHTS, snapshots: schedule = DEFAULT_SNAPSHOT_SCHEDULE } = ports;
  const range = stored === undefined ? E.right(undefined) : await loadKeptRange(store);
  if (E.isLeft(range)) return range;
  const history =
    stored === undefined || range.right === undefined
      ? undefined
      : new KeptHistory(store, keptHeights, stored, range.right);
  const snapshots = await SnapshotKeeper.open(store, schedule, ports.report ?? (() => undefined), async (height) =>
    history === undefined ? E.left('there is no state') : history.at(height),
  );
  return E.isLeft(snapshots) ? fail(snapshots.left.message) : E.right({ history, snapshots: snapshots.right });
};
