import { maxBigint, type IdentityId } from '@zhtp/types';

/** Bounds of the log (economics.md, Faults and penalties). */
export const FORENSIC_RECORDS_MAX = 50_000;
export const FORENSIC_SECONDS_MAX = 86_400n;

/** What happened, for whoever looks into an incident. It convicts nobody. */
export interface ForensicRecord {
  /** Unix seconds. */
  readonly at: bigint;
  readonly kind:
    | 'DoubleSignRecorded'
    | 'LivenessRecorded'
    | 'InvalidProposalRecorded'
    | 'InvalidVoteRecorded'
    | 'Equivocation'
    | 'Replay'
    | 'PartitionSuspected'
    | 'PenaltyApplied'
    | 'FalseReport';
  /** Whom it is about; absent for a partition. */
  readonly validator?: IdentityId;
  readonly detail: string;
}

/** What to look for; everything when empty. */
export interface ForensicQuery {
  readonly validator?: IdentityId;
  readonly kind?: ForensicRecord['kind'];
  /** Unix seconds, inclusive. */
  readonly since?: bigint;
}

/** The last day, at most 50 000 records; the oldest leave first. */
export interface ForensicLog {
  append(record: ForensicRecord): void;
  /** In order of arrival. */
  find(query?: ForensicQuery): readonly ForensicRecord[];
  readonly size: number;
}

/** Dead places at the front of the list before it is cut: appending stays constant on average. */
const SLACK_MAX = 1_024;

export const createForensicLog = (recordsMax: number = FORENSIC_RECORDS_MAX): ForensicLog => {
  let records: ForensicRecord[] = [];
  let first = 0;
  /** The latest time that was told: time that goes back makes nothing young again. */
  let latest = 0n;

  const isStale = (record: ForensicRecord | undefined): boolean =>
    record !== undefined && latest - record.at > FORENSIC_SECONDS_MAX;

  const prune = (): void => {
    while (records.length - first > recordsMax || isStale(records[first])) first += 1;
    if (first <= SLACK_MAX || first * 2 <= records.length) return;
    records = records.slice(first);
    first = 0;
  };

  return {
    get size() {
      return records.length - first;
    },
    append: (record) => {
      latest = maxBigint(latest, record.at);
      records.push(record);
      prune();
    },
    find: ({ validator, kind, since } = {}) =>
      records
        .slice(first)
        .filter(
          (record) =>
            !isStale(record) &&
            (validator === undefined || record.validator === validator) &&
            (kind === undefined || record.kind === kind) &&
            (since === undefined || record.at >= since),
        ),
  };
};
