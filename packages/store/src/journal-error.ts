import type { StorageError } from '@zhtp/types';

/** Why a journal was not opened. Nothing was changed on disk. */
export type JournalOpenError = JournalDamaged | UnsupportedJournalVersion | StorageError;

/** Records that were synced are no longer readable: the disk lost or changed them. A crash does not do that. */
export interface JournalDamaged {
  readonly _tag: 'Damaged';
  readonly file: string;
  /** Byte at which reading stopped. */
  readonly offset: number;
  /** Sequence of the record that should stand there. */
  readonly sequence: bigint;
  /** What was found, where, and what to do. */
  readonly message: string;
}

export interface UnsupportedJournalVersion {
  readonly _tag: 'UnsupportedVersion';
  readonly file: string;
  readonly version: number;
  readonly message: string;
}

const INSTRUCTIONS =
  'The disk changed data that was already synced; nothing was repaired. Check the disk and keep a copy of the journal files. ' +
  'Then put back an undamaged copy of them, or move every journal-*.log away and start again: the signer file still ' +
  'keeps this validator from signing twice, and blocks come from the block store and from peers';

export const damaged = (file: string, offset: number, sequence: bigint, found: string): JournalDamaged => ({
  _tag: 'Damaged',
  file,
  offset,
  sequence,
  message: `journal file ${file} is damaged at byte ${String(offset)}, record ${String(sequence)}: ${found}. ${INSTRUCTIONS}.`,
});

export const unsupportedVersion = (file: string, version: number, known: number): UnsupportedJournalVersion => ({
  _tag: 'UnsupportedVersion',
  file,
  version,
  message:
    `journal file ${file} has format version ${String(version)}; this program reads version ${String(known)}. ` +
    'Start it with the program version that wrote it.',
});
