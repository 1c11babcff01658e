import type { SignedVote, VoteKind } from './vote.ts';

/** Looks up the vote counted in a slot. */
export interface CountedVotes<S> {
  voteOf(kind: VoteKind, round: number, voter: number): SignedVote<S> | undefined;
}

export interface AmnesiaPair<S> {
  readonly precommit: SignedVote<S>;
  readonly prevote: SignedVote<S>;
}

/** Of who has not voted: shared, too. */
const NO_ROUNDS: number[] = [];

/**
 * Mutable watch for amnesia: one validator's precommit for X in round p and prevote for Y ≠ X in r > p of the same height
 * with polRound none or < p (`protocol.md` § Evidence and accountability). One pair per validator and height convicts.
 */
export class AmnesiaWatch<S> {
  /**
   * Per validator: rounds of its counted non-nil votes, ascending. Mostly all vote in one round, so that lists of one are
   * shared and never changed; a longer one is its validator's own.
   */
  #rounds: Record<VoteKind, number[][]>;
  /** The list of one that was made last. */
  #single: number[] = [0];
  #accused = new Set<number>();

  constructor(validators: number) {
    const none = Array<number[]>(validators).fill(NO_ROUNDS);
    this.#rounds = { prevote: none, precommit: none.slice() };
  }

  /** To be called with each newly counted vote. */
  observe(voter: number, signed: SignedVote<S>, counted: CountedVotes<S>): AmnesiaPair<S> | null {
    const { kind, round, value } = signed.vote;
    const rounds = this.#rounds[kind][voter];
    if (value === null || rounds === undefined) return null;
    this.#rounds[kind][voter] = rounds.length === 0 ? this.#listOf(round) : inserted(rounds, round);
    if (this.#accused.has(voter)) return null;
    const pair =
      kind === 'prevote'
        ? this.#forgottenPrecommit(voter, signed, counted)
        : this.#forgettingPrevote(voter, signed, counted);
    if (pair !== null) this.#accused.add(voter);
    return pair;
  }

  /** The votes of a displaced far round are gone. */
  forget(voter: number, round: number): void {
    for (const kind of ['prevote', 'precommit'] as const) {
      const rounds = this.#rounds[kind][voter];
      if (rounds?.includes(round) === true) this.#rounds[kind][voter] = rounds.filter((other) => other !== round);
    }
  }

  clone(): AmnesiaWatch<S> {
    const copy = new AmnesiaWatch<S>(0);
    copy.#rounds = { prevote: this.#rounds.prevote.map(unshared), precommit: this.#rounds.precommit.map(unshared) };
    copy.#accused = new Set(this.#accused);
    return copy;
  }

  describe(): string {
    return [...this.#accused].sort((a, b) => a - b).join('.');
  }

  #listOf(round: number): number[] {
    if (this.#single[0] !== round) this.#single = [round];
    return this.#single;
  }

  /** An honest voter's polRound covers its latest lock, so the search ends at the first round it looks at. */
  #forgottenPrecommit(voter: number, prevote: SignedVote<S>, counted: CountedVotes<S>): AmnesiaPair<S> | null {
    const rounds = this.#rounds.precommit[voter] ?? [];
    const claimed = prevote.vote.polRound ?? -1;
    for (let i = rounds.length - 1; i >= 0; i--) {
      const round = rounds[i] ?? -1;
      if (round >= prevote.vote.round) continue;
      if (round <= claimed) return null;
      const precommit = counted.voteOf('precommit', round, voter);
      if (precommit !== undefined && precommit.vote.value !== prevote.vote.value) return { precommit, prevote };
    }
    return null;
  }

  #forgettingPrevote(voter: number, precommit: SignedVote<S>, counted: CountedVotes<S>): AmnesiaPair<S> | null {
    const rounds = this.#rounds.prevote[voter] ?? [];
    for (let i = rounds.length - 1; i >= 0; i--) {
      const round = rounds[i] ?? -1;
      if (round <= precommit.vote.round) return null;
      const prevote = counted.voteOf('prevote', round, voter);
      if (prevote === undefined || prevote.vote.value === precommit.vote.value) continue;
      if ((prevote.vote.polRound ?? -1) < precommit.vote.round) return { precommit, prevote };
    }
    return null;
  }
}

/** A list that may be changed without any other validator's. */
const unshared = (rounds: number[]): number[] => (rounds.length > 1 ? [...rounds] : rounds);

const inserted = (rounds: number[], round: number): number[] => {
  const isLast = (rounds[rounds.length - 1] ?? -1) < round;
  if (!isLast && rounds.includes(round)) return rounds;
  const own = rounds.length > 1 ? rounds : [...rounds];
  own.push(round);
  return isLast ? own : own.sort((a, b) => a - b);
};
