import { either as E } from 'fp-ts';
import type { EvidenceFile } from '@zhtp/chain';
import { exportEvidence, messagesOfJournal, type ExportRange } from '@zhtp/engine';
import { createChainStateStore, openJournal, type OpenedJournal } from '@zhtp/store';
import { acquireLock, openFileDisk, type FileDisk, type Lock } from '@zhtp/store/node';
import type { Closing } from './closing.ts';
import { openHomeStores } from './home-stores.ts';
import type { Home } from './home.ts';
import { readHomeGenesis } from './node-parts.ts';
import { answered, asFailure, type Outcome } from './outcome.ts';

/** What the stopped node of a home can show of some heights. What is opened is handed to `closing`. */
export const exportFromHome = async (home: Home, range: ExportRange, closing: Closing): Outcome<EvidenceFile> => {
  const genesis = await readHomeGenesis(home);
  if (E.isLeft(genesis)) return genesis;
  const lock = await answered<Lock>((done) => acquireLock(home.folder, done));
  if (E.isLeft(lock)) return lock;
  closing.add(() => answered<void>((done) => lock.right.release(done)));
  const journalDisk = await answered<FileDisk>((done) => openFileDisk(home.journal, done));
  if (E.isLeft(journalDisk)) return journalDisk;
  closing.add(() => answered<void>((done) => journalDisk.right.close(done)));
  const stores = await openHomeStores(home, closing);
  if (E.isLeft(stores)) return stores;
  const { blocks, state } = stores.right;
  const journal = await answered<OpenedJournal>((done) => openJournal(journalDisk.right, done));
  if (E.isLeft(journal)) return journal;
  const inProgress = asFailure(messagesOfJournal(journal.right.records));
  if (E.isLeft(inProgress)) return inProgress;
  const sources = {
    genesis: genesis.right,
    blockStore: blocks,
    chainStates: createChainStateStore(state),
    inProgress: inProgress.right,
  };
  return answered(exportEvidence(sources, range));
};
