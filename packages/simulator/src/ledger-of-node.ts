import { either as E } from 'fp-ts';
import { LedgerApplication, type SnapshotSchedule, type StorageProver } from '@zhtp/ledger';
import type { Application, StateStore } from '@zhtp/types';
import type { SimulationScheme } from './signature-scheme.ts';

/** The default application of a simulated node. It answers in promises, which settle before virtual time moves. */
export const openLedger =
  (scheme: SimulationScheme, storageProver?: StorageProver, snapshots?: SnapshotSchedule) =>
  async (store: StateStore): Promise<Application> => {
    const verifier = scheme.verifier(queueMicrotask);
    const application = await LedgerApplication.open({
      store,
      ...(storageProver === undefined ? {} : { storageProver }),
      ...(snapshots === undefined ? {} : { snapshots }),
      verifier: {
        concurrency: 1,
        verify: (check, done) => {
          verifier.verify({ ...check, priority: { height: 0n, round: 0 } }, (verdict) => {
            done(verdict === 'valid' ? 'valid' : 'invalid');
          });
        },
      },
    })();
    if (E.isLeft(application)) throw new Error(application.left.message);
    return application.right;
  };
