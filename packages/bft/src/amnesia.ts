import type { SignedVote, VoteKind } from './vote.ts';

/** Looks up the vote counted in a slot. */
export interface CountedVotes<S> {
  voteOf(kind: VoteKind, round: number, voter: number): SignedVote<S> | undefined;
}

export interface AmnesiaPair<S> {
  readonly precommit: SignedVote<S>;
  readonly prevote: SignedVote<S>;
}

/** Of who has not voted: one list for all, which is replaced, never written to. */
const NO_ROUNDS: number[] = [];

/**
 * Mutable watch for amnesia: one validator's precommit for X in round p and prevote for Y ≠ X in r > p of the same height
 * with polRound none or < p (`protocol.md` § Evidence and accountability). One pair per validator and height convicts.
 */
export class AmnesiaWatch<S> {
  /** Per validator: rounds of its counted non-nil votes, ascending. */
  #rounds: Record<VoteKind, number[][]>;
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
    // Mostly the first: a list made with its one element takes a tenth of the memory of one it is pushed to.
    if (rounds.length === 0) this.#rounds[kind][voter] = [round];
    else insertAscending(rounds, round);
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
      const at = rounds?.indexOf(round) ?? -1;
      if (at >= 0) rounds?.splice(at, 1);
    }
  }

  clone(): AmnesiaWatch<S> {
    const copy = new AmnesiaWatch<S>(0);
    copy.#rounds = {
      prevote: this.#rounds.prevote.map((rounds) => [...rounds]),
      precommit: this.#rounds.precommit.map((rounds) => [...rounds]),
    };
    copy.#accused = new Set(this.#accused);
    return copy;
  }

  describe(): string {
    return [...this.#accused].sort((a, b) => a - b).join('.');
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

const insertAscending = (rounds: number[], round: number): void => {
  const last = rounds[rounds.length - 1];
  if (last === undefined || last < round) {
    rounds.push(round);
    return;
  }
  if (rounds.includes(round)) return;
  rounds.push(round);
  rounds.sort((a, b) => a - b);
};
