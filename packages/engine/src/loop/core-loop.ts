import { initialState, step, type CoreState } from '@zhtp/bft';
import { encodeFor, type ConsensusProposal, type ConsensusVote, type Journal } from '@zhtp/types';
import type { CoreEffect } from '../effects/effects.ts';
import { journalEntryCodec, type JournalEntry } from '../recovery/journal-entry.ts';
import { createMailbox } from './mailbox.ts';
import type { CoreInput, Mail } from '../node-context.ts';

const encodeEntryFor = encodeFor(journalEntryCodec);

/**
 * The core with its mailbox: journal the input, step, carry out the effects in order, then take the next input.
 * Whatever an effect causes arrives as a later input; observers come after the executor.
 */
export interface CoreLoop {
  post(mail: Mail): void;
  record(entry: JournalEntry): void;
  /** Steps without journaling and without carrying anything out: the journal already has this input. */
  replay(input: CoreInput): readonly CoreEffect[];
  readonly state: () => CoreState<ConsensusVote, ConsensusProposal>;
  isBusy(): boolean;
  close(): void;
}

export const createCoreLoop = (
  journal: Journal,
  execute: (effect: CoreEffect) => void,
  observed: () => void,
): CoreLoop => {
  let state = initialState<ConsensusVote, ConsensusProposal>();

  const append = (bytes: Uint8Array): void => {
    journal.append(bytes);
  };

  const record = (entry: JournalEntry): void => {
    encodeEntryFor(entry, append);
  };

  const replay = (input: CoreInput): readonly CoreEffect[] => {
    const result = step(state, input);
    state = result.state;
    return result.effects;
  };

  const mailbox = createMailbox<Mail>(({ entry, input }) => {
    if (entry !== undefined) record(entry);
    for (const effect of replay(input)) execute(effect);
    observed();
  });

  return {
    post: mailbox.enqueue,
    record,
    replay,
    state: () => state,
    isBusy: mailbox.isDraining,
    close: mailbox.close,
  };
};
