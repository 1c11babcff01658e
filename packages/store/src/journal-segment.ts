import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { equalBytes, encodeUtf8 } from '@zhtp/types';
import { viewOf } from './bytes.ts';
import { crc32c } from './crc32c.ts';
import { damaged, unsupportedVersion, type JournalDamaged, type UnsupportedJournalVersion } from './journal-error.ts';
import { readRecord, RECORD_OVERHEAD_BYTES, type RecordRead } from './record.ts';

/**
 * A segment begins with 32 bytes, the same in every format version, big-endian:
 *
 *     "ZHTPJRNL" | version u32 | first sequence u64 | salt u32 | zero u32 | CRC-32C of these 28 u32
 *
 * Records follow without a gap, from the first sequence upward. The salt is secret to the node (see record.ts).
 */
const SEGMENT_HEADER_BYTES = 32;
const MAGIC = encodeUtf8('ZHTPJRNL');
const VERSION = 1;

const NAME = /^journal-([0-9]{20})\.log$/;

export const segmentName = (firstSequence: bigint): string =>
  `journal-${firstSequence.toString().padStart(20, '0')}.log`;

/** The journal's files among all names of a folder, oldest first. */
export const segmentNames = (names: readonly string[]): readonly string[] =>
  names.filter((name) => NAME.test(name)).sort();

export const segmentHeader = (firstSequence: bigint, salt: number): Uint8Array => {
  const header = new Uint8Array(SEGMENT_HEADER_BYTES);
  header.set(MAGIC);
  const view = viewOf(header);
  view.setUint32(8, VERSION);
  view.setBigUint64(12, firstSequence);
  view.setUint32(20, salt);
  view.setUint32(28, crc32c(header, 0, 0, 28));
  return header;
};

/** What a segment holds. */
export interface Segment {
  readonly file: string;
  readonly salt: number;
  readonly firstSequence: bigint;
  readonly records: readonly Uint8Array[];
  /** One less than `firstSequence` when there are no records. */
  readonly lastSequence: bigint;
  /** Length of the torn record behind the last whole one; none when the file ends with a whole record. */
  readonly tornBytes: Option<number>;
  readonly wholeBytes: number;
}

/** Reads a segment; a torn tail is a fact, damage an error (protocol.md, Durability). */
export const readSegment = (
  file: string,
  bytes: Uint8Array,
): Either<JournalDamaged | UnsupportedJournalVersion, Segment> => {
  const named = BigInt(NAME.exec(file)?.[1] ?? 0);
  const header = readHeader(file, bytes, named);
  if (E.isLeft(header)) return header;
  const salt = header.right;
  const records: Uint8Array[] = [];
  const segment = (offset: number): Segment => ({
    file,
    salt,
    firstSequence: named,
    records,
    lastSequence: named + BigInt(records.length) - 1n,
    tornBytes: offset === bytes.length ? O.none : O.some(bytes.length - offset),
    wholeBytes: offset,
  });
  let offset = SEGMENT_HEADER_BYTES;
  for (;;) {
    const expected = named + BigInt(records.length);
    const read = readRecord(bytes, offset, salt);
    if ('sequence' in read && read.sequence !== expected)
      return E.left(damaged(file, offset, expected, `record ${String(read.sequence)} stands there`));
    if (read._tag !== 'Record') {
      const later = laterRecord(bytes, searchFrom(read, offset, bytes.length), salt, expected);
      if (O.isNone(later)) return E.right(segment(offset));
      const { sequence, at } = later.value;
      const found = `it is not readable, but record ${String(sequence)} behind it, at byte ${String(at)}, is`;
      return E.left(damaged(file, offset, expected, found));
    }
    records.push(read.payload);
    offset = read.end;
  }
};

const readHeader = (
  file: string,
  bytes: Uint8Array,
  named: bigint,
): Either<JournalDamaged | UnsupportedJournalVersion, number> => {
  const bad = (found: string) => E.left(damaged(file, 0, named, found));
  if (bytes.length < SEGMENT_HEADER_BYTES)
    return bad(`the file has ${String(bytes.length)} bytes, less than its header of ${String(SEGMENT_HEADER_BYTES)}`);
  const view = viewOf(bytes);
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) return bad('it does not begin with "ZHTPJRNL"');
  if (view.getUint32(28) !== crc32c(bytes, 0, 0, 28)) return bad('the checksum of the header does not hold');
  const version = view.getUint32(8);
  if (version !== VERSION) return E.left(unsupportedVersion(file, version, VERSION));
  const first = view.getBigUint64(12);
  if (first !== named) return bad(`the header says the first record is ${String(first)}`);
  if (view.getUint32(24) !== 0) return bad('the reserved field of the header is not zero');
  return E.right(view.getUint32(20));
};

/** A header that holds fixes its record's length: nothing inside that record is a record of the journal. */
const searchFrom = (read: Exclude<RecordRead, { readonly _tag: 'Record' }>, offset: number, length: number): number => {
  switch (read._tag) {
    case 'CutHeader':
    case 'CutPayload':
      return length;
    case 'BadPayload':
      return read.end;
    case 'BadHeader':
      return offset + 1;
  }
};

/** The first whole record at any byte from `from`, with a sequence that can follow the unreadable one. */
const laterRecord = (
  bytes: Uint8Array,
  from: number,
  salt: number,
  unreadable: bigint,
): Option<{ readonly sequence: bigint; readonly at: number }> => {
  for (let at = from; at + RECORD_OVERHEAD_BYTES <= bytes.length; at++) {
    const read = readRecord(bytes, at, salt);
    if (read._tag === 'Record' && read.sequence > unreadable && read.sequence <= unreadable + BigInt(bytes.length))
      return O.some({ sequence: read.sequence, at });
  }
  return O.none;
};
