import { proofVerificationFailed, type ConsensusError, type ConsensusResult } from '@zhtp/types';
import { either as E } from 'fp-ts';

/**
 * What a check says of a proof. `Malformed` is no statement at all (a field out of range, a list with a repeated entry);
 * `Fails` is a well-formed statement that does not hold, with the reason. Which of the two it is decides between an error
 * and `false` on the documented surface.
 */
export type ProofVerdict =
  | { readonly _tag: 'Holds' }
  | { readonly _tag: 'Fails'; readonly reason: string }
  | { readonly _tag: 'Malformed'; readonly error: ConsensusError };

export const HOLDS: ProofVerdict = { _tag: 'Holds' };
export const fails = (reason: string): ProofVerdict => ({ _tag: 'Fails', reason });
export const malformed = (error: ConsensusError): ProofVerdict => ({ _tag: 'Malformed', error });

/** The documented form: true, false, or an error for what is malformed. */
export const asBoolean = (verdict: ProofVerdict): ConsensusResult<boolean> =>
  verdict._tag === 'Malformed' ? E.left(verdict.error) : E.right(verdict._tag === 'Holds');

/** The form for whoever needs the proof: whatever does not hold is an error that says why. */
export const asRequired = (verdict: ProofVerdict): ConsensusResult<void> => {
  switch (verdict._tag) {
    case 'Holds':
      return E.right(undefined);
    case 'Fails':
      return E.left(proofVerificationFailed(verdict.reason));
    case 'Malformed':
      return E.left(verdict.error);
  }
};
