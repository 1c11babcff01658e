import { byzantineThreshold } from './quorum.ts';
import { sameContent, type SignedVote, type ValueId } from './vote.ts';

/** What became of a vote put into its slot. */
export type Slotting<S> =
  | { readonly _tag: 'Counted' }
  | { readonly _tag: 'Duplicate' }
  /** `first` keeps counting. `again`: this slot gave evidence before. */
  | { readonly _tag: 'Conflict'; readonly first: SignedVote<S>; readonly again: boolean };

/** The threshold that a value's tally has reached. */
export type ThresholdLevel = 'none' | 'any' | 'value';

const counted: { readonly _tag: 'Counted' } = { _tag: 'Counted' };
const duplicate: { readonly _tag: 'Duplicate' } = { _tag: 'Duplicate' };

/**
 * Mutable tally of one round's votes of one kind: who voted what first, and the power behind each value.
 * Owned by a `RoundVotes`; sums are kept as votes come, never recounted.
 */
export class KindTally<S> {
  readonly #total: bigint;
  /** The least power that is a quorum of `#total`. */
  readonly #quorum: bigint;
  #votes: (SignedVote<S> | undefined)[] = [];
  #powers = new Map<ValueId | null, bigint>();
  #sum = 0n;
  #conflicted = new Set<number>();
  /** `undefined` while neither a value nor nil has a quorum. */
  #majority: ValueId | null | undefined = undefined;

  constructor(total: bigint) {
    this.#total = total;
    this.#quorum = byzantineThreshold(total);
  }

  /** The first vote in a slot counts; a different second one is a conflict. */
  add(voter: number, power: bigint, signed: SignedVote<S>): Slotting<S> {
    const first = this.#votes[voter];
    if (first !== undefined) {
      if (sameContent(first.vote, signed.vote)) return duplicate;
      const again = this.#conflicted.has(voter);
      this.#conflicted.add(voter);
      return { _tag: 'Conflict', first, again };
    }
    this.#votes[voter] = signed;
    const { value } = signed.vote;
    const valuePower = (this.#powers.get(value) ?? 0n) + power;
    this.#powers.set(value, valuePower);
    this.#sum += power;
    if (this.#majority === undefined && valuePower >= this.#quorum) this.#majority = value;
    return counted;
  }

  /** Takes a displaced vote out again; happens only in rounds beyond the next. */
  remove(voter: number, power: bigint): void {
    const signed = this.#votes[voter];
    if (signed === undefined) return;
    const { value } = signed.vote;
    this.#votes[voter] = undefined;
    this.#conflicted.delete(voter);
    const left = (this.#powers.get(value) ?? 0n) - power;
    if (left > 0n) this.#powers.set(value, left);
    else this.#powers.delete(value);
    this.#sum -= power;
    if (this.#majority === value && left < this.#quorum) this.#majority = undefined;
  }

  voteOf(voter: number): SignedVote<S> | undefined {
    return this.#votes[voter];
  }

  hasQuorumAny(): boolean {
    return this.#sum >= this.#quorum;
  }

  /** The value (or nil) that more than two thirds of the power voted for; `undefined` when there is none. */
  majority(): ValueId | null | undefined {
    return this.#majority;
  }

  /** Which threshold the tally of this value has reached. */
  levelOf(value: ValueId | null): ThresholdLevel {
    if (this.#majority !== undefined && this.#majority === value) return 'value';
    return this.hasQuorumAny() ? 'any' : 'none';
  }

  /** A quorum has voted, and even with every missing vote no candidate that `counts` reaches a quorum. */
  isSpent(counts: (value: ValueId | null) => boolean): boolean {
    if (!this.hasQuorumAny()) return false;
    const missing = this.#total - this.#sum;
    for (const [value, power] of this.#powers) {
      if (counts(value) && power + missing >= this.#quorum) return false;
    }
    return true; // What is missing to a quorum is less than a third: no candidate can rise from nothing.
  }

  /** In validator order. */
  votes(): readonly SignedVote<S>[] {
    return this.#votes.filter((signed) => signed !== undefined);
  }

  votesFor(value: ValueId | null): readonly SignedVote<S>[] {
    return this.#votes.filter((signed) => signed?.vote.value === value).filter((signed) => signed !== undefined);
  }

  clone(): KindTally<S> {
    const copy = new KindTally<S>(this.#total);
    copy.#votes = [...this.#votes];
    copy.#powers = new Map(this.#powers);
    copy.#sum = this.#sum;
    copy.#conflicted = new Set(this.#conflicted);
    copy.#majority = this.#majority;
    return copy;
  }

  /** Canonical: equal exactly when the same contents are counted and the same slots gave evidence. */
  describe(): string {
    const slots = this.#votes.map((signed, voter) =>
      signed === undefined
        ? ''
        : `${voter}:${signed.vote.value ?? '-'}/${signed.vote.against ?? '-'}/${signed.vote.polRound ?? '-'}${this.#conflicted.has(voter) ? '!' : ''}`,
    );
    return slots.filter((slot) => slot !== '').join(',');
  }
}
