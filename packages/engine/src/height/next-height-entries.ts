import type { JournalEntry } from '../recovery/journal-entry.ts';
import type { CoreInput, Mail } from '../node-context.ts';

/**
 * Inputs of the next height remembered per signer. The intakes admit fewer: two near rounds and two far ones, two contents
 * per slot. Only displaced far rounds can fill it, and then the oldest of them goes.
 */
const PER_SIGNER = 32;

/** Rounds 0 and 1 are near the start of a height. */
const NEAREST_FAR = 2;

interface Kept {
  readonly entry: JournalEntry;
  readonly rank: number;
  readonly signer: string;
  readonly round: number;
}

/**
 * Inputs of the next height that the core holds back. They are journaled in the height in progress, whose records are
 * dropped with it, so they are written again when their height starts, in the order in which the core takes them up:
 * certificates, proposals, votes. What one signer sends never takes the room of another.
 */
export interface NextHeightEntries {
  keep(mail: Mail): void;
  take(): readonly JournalEntry[];
}

const NO_ENTRIES: readonly JournalEntry[] = [];

const describe = (entry: JournalEntry, input: CoreInput): Kept | undefined => {
  switch (input._tag) {
    case 'CertificateReceived':
      return { entry, rank: 0, signer: 'certificate', round: input.certificate.round };
    case 'ProposalReceived':
      return { entry, rank: 1, signer: input.proposal.proposal.proposer, round: input.proposal.proposal.round };
    case 'VoteReceived':
      return { entry, rank: 2, signer: input.vote.vote.voter, round: input.vote.vote.round };
    case 'StartHeight':
    case 'ValueJudged':
    case 'ValueBuilt':
    case 'TimeoutElapsed':
    case 'OwnSigned':
      return undefined;
  }
};

/** @param displaced told of each input that made room for a newer one of its signer */
export const createNextHeightEntries = (displaced: () => void = () => undefined): NextHeightEntries => {
  let kept: Kept[] = [];
  return {
    keep: ({ entry, input }) => {
      const next = entry === undefined ? undefined : describe(entry, input);
      if (next === undefined) return;
      const own = kept.filter(({ signer }) => signer === next.signer);
      const oldestFar = own.length < PER_SIGNER ? undefined : own.find(({ round }) => round >= NEAREST_FAR);
      if (oldestFar !== undefined) {
        kept = kept.filter((each) => each !== oldestFar);
        displaced();
      }
      kept.push(next);
    },
    take: () => {
      if (kept.length === 0) return NO_ENTRIES;
      const entries = kept.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry);
      kept = [];
      return entries;
    },
  };
};
