import { either as E } from 'fp-ts';
import type { EvidenceFile } from '@zhtp/chain';
import { exportEvidence, messagesOfJournal, type ExportRange } from '@zhtp/engine';
import { createChainStateStore, openJournal, type OpenedJournal } from '@zhtp/store';
import type { Closing } from './closing.ts';
import { lockHome, openDisk, openHomeStores } from './home-stores.ts';
import type { Home } from './home.ts';
import { readHomeGenesis } from './node-parts.ts';
import { answered, asFailure, type Outcome } from './outcome.ts';

/** What the stopped node of a home can show of some heights. What is opened is handed to `closing`. */
export const exportFromHome = async (home: Home, range: ExportRange, closing: Closing): Outcome<EvidenceFile> => {
  const genesis = await readHomeGenesis(home);
  if (E.isLeft(genesis)) return genesis;
  const locked = await lockHome(home, closing);
  if (E.isLeft(locked)) return locked;
  const journalDisk = await openDisk(home.journal, closing);
  if (E.isLeft(journalDisk)) return journalDisk;
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
