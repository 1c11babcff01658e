import type { JournalEntry } from './journal-entry.ts';
import type { CoreInput, Mail } from './node-context.ts';

/** Inputs of the next height remembered per validator of its set; the core buffers fewer. */
const PER_VALIDATOR = 8;

/**
 * Inputs of the next height that the core holds back. They are journaled in the height in progress, whose records are
 * dropped with it, so they are written again when their height starts, in the order in which the core takes them up:
 * certificates, proposals, votes.
 */
export interface NextHeightEntries {
  /** Whether there is room; without it the input must not reach the core, or a replay would miss it. */
  keep(mail: Mail, setSize: number): boolean;
  take(): readonly JournalEntry[];
}

const rankOf = (input: CoreInput): number =>
  input._tag === 'CertificateReceived' ? 0 : input._tag === 'ProposalReceived' ? 1 : 2;

export const createNextHeightEntries = (): NextHeightEntries => {
  let kept: { readonly entry: JournalEntry; readonly rank: number }[] = [];
  return {
    keep: ({ entry, input }, setSize) => {
      if (entry === undefined) return true;
      if (kept.length >= PER_VALIDATOR * setSize) return false;
      kept.push({ entry, rank: rankOf(input) });
      return true;
    },
    take: () => {
      const entries = kept.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry);
      kept = [];
      return entries;
    },
  };
};
