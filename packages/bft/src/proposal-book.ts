import { sameProposal, type SignedProposal } from './proposal.ts';
import type { ValueId } from './vote.ts';

/** The proposals of one round: the first one counts, a second, different one is evidence. */
export interface RoundProposals<P> {
  readonly first: SignedProposal<P>;
  /** Whether `first` was timely when it came. */
  readonly timely: boolean;
  readonly second: SignedProposal<P> | null;
}

export type ProposalOutcome<P> =
  | { readonly _tag: 'Kept' }
  | { readonly _tag: 'Duplicate' }
  | { readonly _tag: 'Conflict'; readonly first: SignedProposal<P>; readonly again: boolean };

/** Mutable book of the proposals of one height, at most two per round. Callers bound the rounds. */
export class ProposalBook<P> {
  #rounds = new Map<number, RoundProposals<P>>();

  add(signed: SignedProposal<P>, timely: boolean): ProposalOutcome<P> {
    const { round } = signed.proposal;
    const known = this.#rounds.get(round);
    if (known === undefined) {
      this.#rounds.set(round, { first: signed, timely, second: null });
      return { _tag: 'Kept' };
    }
    if (this.has(signed)) return { _tag: 'Duplicate' };
    if (known.second === null) this.#rounds.set(round, { ...known, second: signed });
    return { _tag: 'Conflict', first: known.first, again: known.second !== null };
  }

  has(signed: SignedProposal<unknown>): boolean {
    const known = this.#rounds.get(signed.proposal.round);
    if (known === undefined) return false;
    return (
      sameProposal(known.first.proposal, signed.proposal) ||
      (known.second !== null && sameProposal(known.second.proposal, signed.proposal))
    );
  }

  round(round: number): RoundProposals<P> | undefined {
    return this.#rounds.get(round);
  }

  /** Whether the proposer of this round proposed this value in it. */
  proposes(round: number, value: ValueId): boolean {
    const known = this.#rounds.get(round);
    return known?.first.proposal.value === value || known?.second?.proposal.value === value;
  }

  forget(round: number): void {
    this.#rounds.delete(round);
  }

  clone(): ProposalBook<P> {
    const copy = new ProposalBook<P>();
    copy.#rounds = new Map(this.#rounds);
    return copy;
  }

  describe(): string {
    const content = ({ proposal }: SignedProposal<P>): string => `${proposal.value}@${proposal.validRound ?? '-'}`;
    return [...this.#rounds]
      .sort(([a], [b]) => a - b)
      .map(
        ([round, { first, timely, second }]) =>
          `${round}:${content(first)}${timely ? '' : '?'}${second === null ? '' : `,${content(second)}`}`,
      )
      .join(';');
  }
}
