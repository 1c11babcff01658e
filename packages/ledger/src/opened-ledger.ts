import type { ApplicationError } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { fail } from './application-error.ts';
import { hostedFault } from './hosted/hosted-application.ts';
import type { LedgerPorts } from './ledger-ports.ts';
import { KeptHistory } from './state/kept-history.ts';
import { rangeFrom } from './state/kept-range.ts';
import { DEFAULT_SNAPSHOT_SCHEDULE, SnapshotKeeper } from './state/snapshot-keeper.ts';
import { importState } from './state/state-export.ts';
import { genesisRows, loadKeptRange, loadLedger, type StoredLedger } from './stored-ledger.ts';

/** States after the last heights that queries can ask for, unless a port says otherwise. */
const KEPT_HEIGHTS = 100;

/** What a ledger stands on: the committed state, and the states before it that can be asked about. */
export interface Standing {
  readonly stored: StoredLedger;
  readonly history: KeptHistory;
}

/** What a store holds. */
export interface OpenedLedger {
  /** Undefined: there is no state yet. */
  readonly standing: Standing | undefined;
  readonly snapshots: SnapshotKeeper;
}

/** On a state that no block of this node led to, whose rows are durable. */
export const standOn = ({ store, keptHeights = KEPT_HEIGHTS }: LedgerPorts, stored: StoredLedger): Standing => ({
  stored,
  history: new KeptHistory(store, keptHeights, stored, rangeFrom(stored.meta)),
});

const standAgain = async (
  { store, keptHeights = KEPT_HEIGHTS }: LedgerPorts,
  stored: StoredLedger | undefined,
): Promise<Either<ApplicationError, Standing | undefined>> => {
  if (stored === undefined) return E.right(undefined);
  const range = await loadKeptRange(store);
  return E.isLeft(range)
    ? range
    : E.right({ stored, history: new KeptHistory(store, keptHeights, stored, range.right) });
};

const openOver = async (
  ports: LedgerPorts,
  stored: StoredLedger | undefined,
): Promise<Either<ApplicationError, OpenedLedger>> => {
  const { store, snapshots: schedule = DEFAULT_SNAPSHOT_SCHEDULE, report = () => undefined } = ports;
  const standing = await standAgain(ports, stored);
  if (E.isLeft(standing)) return standing;
  const snapshots = await SnapshotKeeper.open(store, schedule, report, async (height) =>
    standing.right === undefined ? E.left('there is no state') : standing.right.history.at(height),
  );
  return E.isLeft(snapshots)
    ? fail(snapshots.left.message)
    : E.right({ standing: standing.right, snapshots: snapshots.right });
};

/** Reads what a store holds; Left: it is damaged, of an unknown format, or hosts another application than this program. */
export const openStored = async (ports: LedgerPorts): Promise<Either<ApplicationError, OpenedLedger>> => {
  const loaded = await loadLedger(ports.store);
  if (E.isLeft(loaded)) return loaded;
  const stored = O.toUndefined(loaded.right);
  const fault = stored === undefined ? undefined : hostedFault(stored.meta, ports.hosted);
  return fault === undefined ? openOver(ports, stored) : fail(fault);
};

/** Makes an exported state durable in a store without one, see `importState`. */
export const openImported = async (
  ports: LedgerPorts,
  exported: unknown,
): Promise<Either<ApplicationError, OpenedLedger>> => {
  const present = await loadLedger(ports.store);
  if (E.isLeft(present)) return present;
  if (O.isSome(present.right)) return fail('the store holds a state already: import into an empty one');
  const stored = importState(exported);
  if (E.isLeft(stored)) return fail(`import: ${stored.left}`);
  const { meta, state } = stored.right;
  const fault = hostedFault(meta, ports.hosted);
  if (fault !== undefined) return fail(`import: ${fault}`);
  const written = await ports.store.write(genesisRows(meta, state))();
  if (E.isLeft(written)) return fail(`the imported state could not be stored: ${written.left.message}`);
  return openOver(ports, stored.right);
};
