import type { PeerId } from '@zhtp/types';

/** Answers that a former process of this node may have asked for and that arrive now. */
export const ANSWERS_OF_FORMER_PROCESS = 32;

/** Peers remembered; beyond it the one that was asked first is forgotten and begins anew. */
const PEERS_MAX = 1_024;

/**
 * How many answers of one kind each peer still owes: one per request. A peer that sends more was not asked, which no correct
 * node does: it is scored before anything is decoded. It outlives connections, since an answer may come over the next one.
 */
export interface AnswersOwed {
  asked(peer: PeerId): void;
  /** An answer came; false when nothing was owed any more. */
  take(peer: PeerId): boolean;
}

export const createAnswersOwed = (): AnswersOwed => {
  const owed = new Map<PeerId, number>();
  const owedBy = (peer: PeerId): number => owed.get(peer) ?? ANSWERS_OF_FORMER_PROCESS;
  const put = (peer: PeerId, count: number): void => {
    owed.set(peer, count);
    if (owed.size <= PEERS_MAX) return;
    const first = owed.keys().next();
    if (first.done !== true) owed.delete(first.value);
  };
  return {
    asked: (peer) => {
      put(peer, owedBy(peer) + 1);
    },
    take: (peer) => {
      if (owedBy(peer) === 0) return false;
      put(peer, owedBy(peer) - 1);
      return true;
    },
  };
};
