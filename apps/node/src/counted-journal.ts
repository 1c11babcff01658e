import type { Journal } from '@zhtp/types';

export interface JournalCounts {
  /** Syncs that answered. */
  readonly syncs: number;
  /** Milliseconds they took in all, waiting for one under way included. */
  readonly syncMs: number;
  readonly records: number;
  readonly bytes: number;
}

/** A journal that counts what passes through it, for metrics. */
export const countedJournal = (
  journal: Journal,
): { readonly journal: Journal; readonly counts: () => JournalCounts } => {
  const counts = { syncs: 0, syncMs: 0, records: 0, bytes: 0 };
  return {
    counts: () => ({ ...counts }),
    journal: {
      append: (payload) => {
        counts.records += 1;
        counts.bytes += payload.length;
        journal.append(payload);
      },
      sync: (done) => {
        const asked = performance.now();
        journal.sync((result) => {
          counts.syncs += 1;
          counts.syncMs += performance.now() - asked;
          done(result);
        });
      },
      rotate: () => {
        journal.rotate();
      },
    },
  };
};
