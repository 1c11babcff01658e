import type { ValidatorId } from './voting-set.ts';

/** An opaque value identity; the engine uses the block id, 64 lowercase hex characters. */
export type ValueId = string;

/** The two voting steps of the paper. */
export type VoteKind = 'prevote' | 'precommit';

/** What a vote says: the signed content, without the signature. */
export interface Vote {
  readonly kind: VoteKind;
  readonly height: bigint;
  readonly round: number;
  readonly voter: ValidatorId;
  /** `null` is nil. */
  readonly value: ValueId | null;
  /** On a nil prevote: the proposal its voter judged invalid by a deterministic rule (`decisions.md` § 5, Against). Otherwise `null`. */
  readonly against: ValueId | null;
  /** On a non-nil prevote: the highest earlier round with a polka for `value` that the voter knows, its own lock included. Otherwise `null`. */
  readonly polRound: number | null;
}

/** A vote with whatever the caller needs to send it again; `signed` is never looked at here. */
export interface SignedVote<S> {
  readonly vote: Vote;
  readonly signed: S;
}

/** One voter's one place to vote: two different contents in it are equivocation. */
export const sameSlot = (a: Vote, b: Vote): boolean =>
  a.kind === b.kind && a.height === b.height && a.round === b.round && a.voter === b.voter;

/** Equality of signed content within one slot; signatures are not compared, since signing may be hedged. */
export const sameContent = (a: Vote, b: Vote): boolean =>
  a.value === b.value && a.against === b.against && a.polRound === b.polRound;

/**
 * The fields that only one type of vote carries are absent on the others. Decoding enforces it for what comes from outside
 * (`protocol.md` § What is proposed and voted on); the core drops what breaks it rather than rely on that.
 */
export const isWellFormedVote = (vote: Vote): boolean =>
  Number.isSafeInteger(vote.round) &&
  vote.round >= 0 &&
  (vote.against === null || (vote.kind === 'prevote' && vote.value === null)) &&
  (vote.polRound === null ||
    (vote.kind === 'prevote' && vote.value !== null && vote.polRound >= 0 && vote.polRound < vote.round));
