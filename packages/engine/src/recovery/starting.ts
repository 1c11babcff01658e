import { either as E, option as O } from 'fp-ts';
import type { Answer, ChainStateRow, Genesis } from '@zhtp/types';
import type { ApplicationQueue } from '../application/application-queue.ts';
import { recover, type Recovered } from './executing.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { KeptPolkas } from '../evidence/kept-polkas.ts';
import type { NodePorts } from '../node-ports.ts';
import { missingProtocol } from '../height/protocol-upgrade.ts';
import { loadRemembered, type Remembered } from '../evidence/remembered-rows.ts';
import { readEntries } from './replay.ts';
import { unsupportedParameters } from '../height/supported-parameters.ts';

/** What a node starts from. */
export interface Prepared {
  readonly recovered: Recovered;
  readonly entries: readonly JournalEntry[];
  /** Rows of the evidence pool of an earlier process. */
  readonly pooled: readonly ChainStateRow[];
}

export interface StartParts {
  readonly genesis: Genesis;
  readonly ports: NodePorts;
  readonly journalRecords: readonly Uint8Array[];
  readonly protocols: readonly number[];
  readonly application: ApplicationQueue;
  readonly remembered: Remembered;
  readonly polkas: Pick<KeptPolkas, 'load'>;
}

/**
 * Everything on disk read and brought together before a node takes part: journal, remembered heights, application and block
 * store. Answers with what it starts from, or why it must not start and what to do.
 */
export const prepareStart = (
  { genesis, ports, journalRecords, protocols, application, remembered, polkas }: StartParts,
  done: Answer<string, Prepared>,
): void => {
  const unsupported = unsupportedParameters(genesis.parameters, ports.application);
  const entries = unsupported === undefined ? readEntries(journalRecords) : E.left(unsupported);
  if (E.isLeft(entries)) {
    done(entries);
    return;
  }
  const bounds = ports.blockStore.bounds();
  const head = O.isSome(bounds) ? bounds.value.headHeight : genesis.initialHeight - 1n;
  loadRemembered(ports.chainStates, remembered, polkas, head, (pooled) => {
    if (E.isLeft(pooled)) {
      done(pooled);
      return;
    }
    recover(ports, application, remembered, genesis, (recovered) => {
      if (E.isLeft(recovered)) {
        done(recovered);
        return;
      }
      const { state } = recovered.right;
      const missing = missingProtocol(state.parameters, state.height + 1n, protocols);
      done(
        missing === undefined
          ? E.right({ recovered: recovered.right, entries: entries.right, pooled: pooled.right })
          : E.left(missing),
      );
    });
  });
};
