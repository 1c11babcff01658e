/** Beyond the current round + 1 each signer keeps its two highest rounds, a newer one displacing the older (protocol.md). */
const FAR_ROUNDS_PER_SIGNER = 2;

export type FarRoundVerdict =
  | { readonly _tag: 'Admitted' }
  /** Admitted in the place of an older round of the same signer, which is to be forgotten. */
  | { readonly _tag: 'Displaces'; readonly round: number }
  | { readonly _tag: 'Refused' };

/**
 * Whether a message for `round` may take room, given the rounds its signer already occupies. Near rounds always may: there is
 * one message per slot. What one validator signs far ahead never takes the room of another.
 */
export const admitRound = (occupied: Iterable<number>, round: number, nearestFar: number): FarRoundVerdict => {
  if (round < nearestFar) return { _tag: 'Admitted' };
  const far: number[] = [];
  for (const taken of occupied) {
    if (taken === round) return { _tag: 'Admitted' };
    if (taken >= nearestFar) far.push(taken);
  }
  if (far.length < FAR_ROUNDS_PER_SIGNER) return { _tag: 'Admitted' };
  const lowest = Math.min(...far);
  return round > lowest ? { _tag: 'Displaces', round: lowest } : { _tag: 'Refused' };
};
