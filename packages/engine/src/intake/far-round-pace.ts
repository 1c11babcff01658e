import type { Clock, IdentityId } from '@zhtp/types';

const WINDOW_MS = 1_000n;

/** Rounds in which votes of one signer may take the place of older far ones, per second. */
export const FAR_VOTE_ROUNDS_PER_SECOND = 4;
/** The same for its proposals, each of which is a whole block. */
export const FAR_PROPOSALS_PER_SECOND = 1;

/**
 * Two far rounds per signer bound memory, not work: one that signs ever higher rounds costs a verification, a journal record
 * and a relay for each. Beyond its two a signer gets so many new ones a second. Nothing that a node needs is lost: while a
 * step lasts its signer says it again every half second, and votes that were asked for do not count.
 */
export interface FarRoundPace {
  allows(signer: IdentityId): boolean;
  /** A verified message of this signer took the place of an older one; what others forge in its name costs it nothing. */
  spend(signer: IdentityId): void;
}

export const createFarRoundPace = (clock: Clock, perSecond: number): FarRoundPace => {
  const spent = new Map<IdentityId, number>();
  let since = 0n;
  const turnWindow = (): void => {
    const now = clock.nowMs();
    // A clock set back begins a window, too: a pace is no rule, nobody may wait for it.
    if (now >= since && now < since + WINDOW_MS) return;
    since = now;
    spent.clear();
  };
  return {
    allows: (signer) => {
      turnWindow();
      return (spent.get(signer) ?? 0) < perSecond;
    },
    spend: (signer) => {
      turnWindow();
      spent.set(signer, (spent.get(signer) ?? 0) + 1);
    },
  };
};
