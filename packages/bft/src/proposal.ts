import type { ValidatorId } from './voting-set.ts';
import type { ValueId } from './vote.ts';

/** What a proposer signs for a round: the value's identity, never its body. */
export interface Proposal {
  readonly height: bigint;
  readonly round: number;
  readonly value: ValueId;
  /** The earlier round whose polka justifies proposing `value` again; `null` for a fresh value (−1 in the paper). */
  readonly validRound: number | null;
  readonly proposer: ValidatorId;
}

/** A proposal with whatever the caller needs to send it again; `signed` is never looked at here. */
export interface SignedProposal<P> {
  readonly proposal: Proposal;
  readonly signed: P;
}

/** Equality of signed content of two proposals of one height, round and proposer. */
export const sameProposal = (a: Proposal, b: Proposal): boolean => a.value === b.value && a.validRound === b.validRound;

/** A valid round is an earlier round (line 28: vr ≥ 0 ∧ vr < round). */
export const isWellFormedProposal = (proposal: Proposal): boolean =>
  Number.isSafeInteger(proposal.round) &&
  proposal.round >= 0 &&
  (proposal.validRound === null ||
    (Number.isSafeInteger(proposal.validRound) && proposal.validRound >= 0 && proposal.validRound < proposal.round));
