/** How many rounds beyond round + 1 are kept per validator (`protocol.md` § The pure core). */
const FAR_ROUNDS_MAX = 2;

/** Whether a message of a far round is kept, and which round of the same signer makes room for it. */
export type Admission =
  { readonly _tag: 'Admitted' } | { readonly _tag: 'Displaces'; readonly round: number } | { readonly _tag: 'Full' };

const admitted: Admission = { _tag: 'Admitted' };
const full: Admission = { _tag: 'Full' };

/**
 * The rounds beyond `nearest` in which one signer is heard: its two highest, a newer one displacing the older.
 * `rounds` is changed in place; rounds that have come near leave it.
 */
export const admitRound = (rounds: number[], round: number, nearest: number): Admission => {
  if (round <= nearest) return admitted;
  for (let i = rounds.length - 1; i >= 0; i--) if ((rounds[i] ?? 0) <= nearest) rounds.splice(i, 1);
  if (rounds.includes(round)) return admitted;
  rounds.push(round);
  rounds.sort((a, b) => a - b);
  if (rounds.length <= FAR_ROUNDS_MAX) return admitted;
  const lowest = rounds.shift();
  return lowest === undefined || lowest === round ? full : { _tag: 'Displaces', round: lowest };
};
