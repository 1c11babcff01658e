// Appends and syncs without end and prints each sequence that was reported durable; rotates now and then.
import { writeSync } from 'node:fs';
import { openJournal, type JournalOpenError, type OpenedJournal } from '@zhtp/store';
import { openFileDisk, type FileDisk } from '@zhtp/store/node';
import { succeed } from '@zhtp/store/compliance';
import type { StorageError } from '@zhtp/types';

const disk = await succeed<StorageError, FileDisk>((done) => openFileDisk(process.argv[2] ?? '', done));
const { journal, lastSequence } = await succeed<JournalOpenError, OpenedJournal>((done) => openJournal(disk, done));
for (let sequence = Number(lastSequence) + 1; ; sequence++) {
  const payload = new Uint8Array(1_000);
  new DataView(payload.buffer).setUint32(0, sequence);
  journal.append(payload);
  if (sequence % 3 !== 0) continue;
  await succeed<StorageError, void>((done) => journal.sync(done));
  writeSync(1, `${String(sequence)}\n`);
  if (sequence % 30 === 0) journal.rotate();
}
