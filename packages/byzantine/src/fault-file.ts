import { isList, isObject, u32, u64, type ByzantineFaultType, type FaultSeverity } from '@zhtp/types';

/** One thing recorded against a validator. */
export interface FaultRecord {
  readonly faultType: ByzantineFaultType;
  readonly height: bigint;
  /** Tells records of one height apart, such as a proposal's hash; empty where the height alone does. */
  readonly subject: string;
  /** What it counts towards the threshold: 1, or missed rounds. */
  readonly weight: number;
  /** For people. */
  readonly detail: string;
}

interface FiledRecord extends FaultRecord {
  readonly isPunished: boolean;
}

/** All that is recorded against one validator, in order of fault type, height and subject. */
export interface FaultFile {
  readonly records: readonly FiledRecord[];
}

export const EMPTY_FILE: FaultFile = { records: [] };

/** From which weight of unpunished records on there is a fault. */
export type FaultThresholds = Readonly<Record<ByzantineFaultType, number>>;

/** The reference's counts for what a node sees itself (economics.md, Faults and penalties). */
export const LOCAL_THRESHOLDS: FaultThresholds = { DoubleSign: 1, Liveness: 3, InvalidProposal: 3, InvalidVote: 1 };

/** What verified evidence and window faults in blocks are judged by; weight 1 each, one subject per height. */
export const CHAIN_THRESHOLDS: FaultThresholds = { DoubleSign: 1, Liveness: 1, InvalidProposal: 3, InvalidVote: 1 };

/** From so many liveness records on, punished ones included, a liveness fault is Critical. */
const CRITICAL_LIVENESS_RECORDS = 10;

/** Records of one type that are kept; the lowest heights leave first. */
export const RECORDS_PER_TYPE_MAX = 64;

/** In the order of the penalty table. */
const FAULT_TYPES: readonly ByzantineFaultType[] = ['DoubleSign', 'Liveness', 'InvalidProposal', 'InvalidVote'];

/** Longest subject and detail of a record. */
const TEXT_CHARACTERS_MAX = 1_024;

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX;

const isWeight = (value: number): boolean => u32.json.is(value) && value > 0;

const isRecord = (record: FaultRecord): boolean =>
  isObject(record) &&
  FAULT_TYPES.includes(record.faultType) &&
  u64.json.is(record.height) &&
  isText(record.subject) &&
  isText(record.detail) &&
  isWeight(record.weight);

/** The records of a file; of what is no file, or of one with a record that is none, none: it convicts nobody. */
const recordsOf = (file: FaultFile): readonly FiledRecord[] =>
  isObject(file) && isList(file.records) && file.records.every(isRecord) ? file.records : [];

const compare = <A extends bigint | string>(a: A, b: A): number => (a < b ? -1 : a > b ? 1 : 0);

const firstDifference = (...orders: readonly number[]): number => orders.find((order) => order !== 0) ?? 0;

const inOrder = (a: FaultRecord, b: FaultRecord): number =>
  firstDifference(compare(a.faultType, b.faultType), compare(a.height, b.height), compare(a.subject, b.subject));

/** A double sign is one offence for ever, whatever is shown for it (economics.md, Offence key). */
const isSameOffence = (a: FaultRecord, b: FaultRecord): boolean =>
  a.faultType === b.faultType && (a.faultType === 'DoubleSign' || (a.height === b.height && a.subject === b.subject));

/** Of two reports of one offence, the same one in whichever order they come: the earlier, then the weightier. */
const stronger = (a: FaultRecord, b: FaultRecord): FaultRecord => {
  const order = firstDifference(inOrder(a, b), b.weight - a.weight, compare(a.detail, b.detail));
  return order <= 0 ? a : b;
};

const withinBound = (records: readonly FiledRecord[], faultType: ByzantineFaultType): readonly FiledRecord[] => {
  const excess = records.filter((record) => record.faultType === faultType).length - RECORDS_PER_TYPE_MAX;
  if (excess <= 0) return records;
  const first = records.findIndex((record) => record.faultType === faultType);
  return records.toSpliced(first, excess);
};

/**
 * The file with one more record. A second report of the same offence adds nothing, and nothing is unpunished by it. What is
 * no record is not added: weight 1 to 2³² − 1, texts of at most 1024 characters.
 */
export const recordFault = (file: FaultFile, record: FaultRecord): FaultFile => {
  const before = recordsOf(file);
  if (!isRecord(record)) return { records: before };
  const known = before.find((other) => isSameOffence(other, record));
  const kept = known === undefined ? record : stronger(known, record);
  const filed: FiledRecord = { ...kept, isPunished: known?.isPunished ?? false };
  const records = [...before.filter((other) => other !== known), filed].sort(inOrder);
  return { records: withinBound(records, record.faultType) };
};

/** What is due: enough unpunished records of one type. */
export interface DueFault {
  readonly faultType: ByzantineFaultType;
  readonly severity: FaultSeverity;
  /** The records it stands on, by height. */
  readonly records: readonly FaultRecord[];
}

const severityOf = (faultType: ByzantineFaultType, ofType: readonly FiledRecord[]): FaultSeverity => {
  switch (faultType) {
    case 'DoubleSign':
      return 'Critical';
    case 'Liveness':
      return ofType.length >= CRITICAL_LIVENESS_RECORDS ? 'Critical' : 'Minor';
    case 'InvalidProposal':
      return 'Major';
    case 'InvalidVote':
      return 'Minor';
  }
};

/** Every fault that is due now, in the order of the penalty table; none where the threshold is no weight. */
export const dueFaults = (file: FaultFile, thresholds: FaultThresholds): readonly DueFault[] => {
  const records = recordsOf(file);
  if (records.length === 0 || !isObject(thresholds)) return [];
  return FAULT_TYPES.flatMap((faultType) => {
    const ofType = records.filter((record) => record.faultType === faultType);
    const open = ofType.filter(({ isPunished }) => !isPunished);
    const weight = open.reduce((sum, record) => sum + record.weight, 0);
    return isWeight(thresholds[faultType]) && weight >= thresholds[faultType]
      ? [{ faultType, severity: severityOf(faultType, ofType), records: open }]
      : [];
  });
};

/** The file after the punishment for what was due of one type: counting starts anew, the records stay. */
export const markPunished = (file: FaultFile, faultType: ByzantineFaultType): FaultFile => ({
  records: recordsOf(file).map((record) => (record.faultType === faultType ? { ...record, isPunished: true } : record)),
});

/** The file without what is too old to count, as `isExpired` of the chain's evidence age says: by `true`, nothing else. */
export const withoutExpired = (file: FaultFile, isExpired: (record: FaultRecord) => boolean): FaultFile => {
  const records = recordsOf(file);
  if (typeof isExpired !== 'function') return { records };
  const isOld = (record: FaultRecord): unknown => isExpired(record);
  // A double sign is punished once for ever: forgetting it would punish it again.
  return { records: records.filter((record) => record.faultType === 'DoubleSign' || isOld(record) !== true) };
};
