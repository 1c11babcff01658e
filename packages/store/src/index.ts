export { crc32c } from './crc32c.ts';
export type { JournalDamaged, JournalOpenError, UnsupportedJournalVersion } from './journal-error.ts';
export { createMemoryDisk, keepEverything, keepNothing } from './memory-disk.ts';
export type { DiskCall, DiskFault, KeepUnsynced, MemoryDisk, MemoryDiskOptions } from './memory-disk.ts';
export { openJournal, type JournalOptions, type OpenedJournal } from './open-journal.ts';
export { inEventLoop, type Schedule } from './schedule.ts';
export { journalAheadOfSigner, signerAheadOfJournal } from './signer-and-journal.ts';
export type { SignerOpenError } from './signer-file.ts';
export { decide, remember, type Decision } from './signer-rules.ts';
export {
  compareSlots,
  emptySignerState,
  signerStateCodec,
  slotCodec,
  slotOf,
  type SignerState,
  type Slot,
} from './signer-state.ts';
export { createSigner, type OpenedSigner, type SignerOptions, type SignFunction } from './signer.ts';
export { createMemoryBlockStore } from './memory-block-store.ts';
export { createMemoryStateStore } from './memory-state-store.ts';
export { createChainStateStore, createMemoryChainStateStore } from './chain-state-store.ts';
