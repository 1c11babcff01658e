import type { Certificate } from './certificate.ts';
import { admitRound, type Admission } from './far-rounds.ts';
import { isQuorum } from './quorum.ts';
import { RoundVotes } from './round-votes.ts';
import type { SignedVote, ValueId, VoteKind } from './vote.ts';
import type { NumberedSet } from './voting-set.ts';

/** What a vote made true. Each once per round, but `Skip`: raised by every vote in a later round above a third, acted on once. */
export type Threshold =
  | { readonly _tag: 'PolkaAny' | 'PolkaNil' | 'PrecommitAny'; readonly round: number }
  | { readonly _tag: 'PolkaValue' | 'PrecommitValue'; readonly round: number; readonly value: ValueId }
  | { readonly _tag: 'Skip'; readonly round: number };

export type VoteOutcome<S> =
  | { readonly _tag: 'Counted'; readonly threshold: Threshold | null; readonly displaced: number | null }
  | { readonly _tag: 'Duplicate'; readonly threshold: Threshold | null }
  /** A second, different vote in one slot; `first` keeps counting, `again` when the slot gave evidence before. */
  | {
      readonly _tag: 'Conflict';
      readonly first: SignedVote<S>;
      readonly again: boolean;
      readonly threshold: Threshold | null;
    }
  | { readonly _tag: 'UnknownVoter' }
  | { readonly _tag: 'FarRoundFull' };

const quietlyCounted: VoteOutcome<never> = { _tag: 'Counted', threshold: null, displaced: null };
const quietDuplicate: VoteOutcome<never> = { _tag: 'Duplicate', threshold: null };
const unknownVoter: { readonly _tag: 'UnknownVoter' } = { _tag: 'UnknownVoter' };
const farRoundFull: VoteOutcome<never> = { _tag: 'FarRoundFull' };

/**
 * Mutable tallies of one height, by round. Sums are kept as votes come; a vote costs the same however many came before.
 * Bounded: rounds up to the current one plus one hold one vote per validator and kind, beyond them each validator
 * keeps its two highest rounds.
 */
export class VoteKeeper<S> {
  readonly #set: NumberedSet;
  #rounds = new Map<number, RoundVotes<S>>();
  #far: number[][];
  /** Rounds with a quorum of this kind for some value, ascending. */
  #polkaRounds: number[] = [];
  #commitRounds: number[] = [];
  #highestAboveThird = -1;

  constructor(set: NumberedSet) {
    this.#set = set;
    this.#far = set.ids.map(() => []);
  }

  /**
   * Counts a vote of this height. `currentRound` tells near rounds from far ones and later rounds from earlier ones.
   * @param voter the voter's position in the set
   */
  add(
    signed: SignedVote<S>,
    currentRound: number,
    voter: number = this.#set.indexOf(signed.vote.voter),
  ): VoteOutcome<S> {
    const { vote } = signed;
    const power = this.#set.powers[voter];
    if (power === undefined) return unknownVoter;
    let displaced: number | null = null;
    if (vote.round > currentRound + 1) {
      const admission = this.#admit(voter, power, vote.round, currentRound);
      if (admission._tag === 'Full') return farRoundFull;
      if (admission._tag === 'Displaces') displaced = admission.round;
    }
    const round = this.#roundVotes(vote.round);
    const slotting = round.tally(vote.kind).add(voter, power, signed);
    if (slotting._tag === 'Counted') {
      round.hear(voter, power);
      this.#noteProgress(round, vote.round, vote.kind);
    }
    const threshold = thresholdOf(round, vote, currentRound);
    switch (slotting._tag) {
      case 'Counted':
        return threshold === null && displaced === null ? quietlyCounted : { _tag: 'Counted', threshold, displaced };
      case 'Duplicate':
        return threshold === null ? quietDuplicate : { _tag: 'Duplicate', threshold };
      case 'Conflict':
        return { ...slotting, threshold };
    }
  }

  /** A proposal's signer counts for the jump like any other (line 55: messages of any kind). The same far bound holds. */
  hearProposer(proposer: string, round: number, currentRound: number): Admission | { readonly _tag: 'UnknownVoter' } {
    const voter = this.#set.indexOf(proposer);
    const power = this.#set.powers[voter];
    if (power === undefined) return unknownVoter;
    const admission = this.#admit(voter, power, round, currentRound);
    if (admission._tag === 'Full') return admission;
    const votes = this.#roundVotes(round);
    votes.hear(voter, power);
    this.#noteAboveThird(votes, round);
    return admission;
  }

  /** Obeys a certificate that stands as a whole, even where it holds votes that no tally counted. */
  certify(certificate: Certificate<S>): 'Kept' | 'Known' | 'Full' {
    const round = this.#roundVotes(certificate.round);
    const result = round.certify(certificate);
    this.#noteProgress(round, certificate.round, certificate.kind === 'polka' ? 'prevote' : 'precommit');
    // Its signers hold more than two thirds of the power, whether or not their votes are counted here.
    this.#highestAboveThird = Math.max(this.#highestAboveThird, certificate.round);
    return result;
  }

  /** Undefined while nothing of this round was heard. */
  round(round: number): RoundVotes<S> | undefined {
    return this.#rounds.get(round);
  }

  /** Values with a polka (`prevote`) or a precommit quorum in this round. */
  quorumValues(kind: VoteKind, round: number): readonly ValueId[] {
    return this.#rounds.get(round)?.quorumValues(kind) ?? [];
  }

  /** Rounds in which some value has such a quorum, ascending. */
  quorumRounds(kind: VoteKind): readonly number[] {
    return kind === 'prevote' ? this.#polkaRounds : this.#commitRounds;
  }

  hasQuorum(kind: VoteKind, round: number, value: ValueId): boolean {
    return this.quorumValues(kind, round).includes(value);
  }

  /** The highest round that ever held messages of more than a third of the power; −1 when none did. */
  highestAboveThird(): number {
    return this.#highestAboveThird;
  }

  /** Positions of the validators heard in any round after this one, ascending. */
  heardAfter(round: number): readonly number[] {
    const later = [...this.#rounds].filter(([heardIn]) => heardIn > round).flatMap(([, votes]) => [...votes.heard()]);
    return [...new Set(later)].sort((a, b) => a - b);
  }

  /** The prevotes that name this value as invalid, when they are a quorum by themselves. */
  quorumAgainst(round: number, value: ValueId): readonly SignedVote<S>[] | null {
    const prevotes = this.#rounds.get(round)?.tally('prevote');
    // They count as nil: without a quorum of nil there is none of them, and nothing to add up.
    if (prevotes?.majority() !== null) return null;
    const against = prevotes.votes().filter(({ vote }) => vote.against === value);
    const power = against.reduce((sum, { vote }) => sum + (this.#set.powers[this.#set.indexOf(vote.voter)] ?? 0n), 0n);
    return isQuorum(power, this.#set.totalPower) ? against : null;
  }

  /** The vote counted in this slot. */
  voteOf(kind: VoteKind, round: number, voter: number): SignedVote<S> | undefined {
    return this.#rounds.get(round)?.tally(kind).voteOf(voter);
  }

  /** A certificate for a quorum known here: the one received, else the counted votes; more signers may join both. */
  certificate(kind: Certificate<S>['kind'], height: bigint, round: number, value: ValueId): Certificate<S> | null {
    const votes = this.#rounds.get(round);
    const voteKind = kind === 'polka' ? 'prevote' : 'precommit';
    if (votes === undefined || !votes.quorumValues(voteKind).includes(value)) return null;
    const counted = votes.tally(voteKind).votesFor(value);
    const received = votes.certificate(kind, value);
    if (received === undefined) return { kind, height, round, value, votes: counted };
    const signers = new Map(
      [...counted, ...received.votes].map((signed) => [this.#set.indexOf(signed.vote.voter), signed]),
    );
    const inOrder = [...signers].sort(([a], [b]) => a - b).map(([, signed]) => signed);
    return { kind, height, round, value, votes: inOrder };
  }

  /** How many rounds hold anything: bounded by the current round + 2 + twice the number of validators. */
  roundCount(): number {
    return this.#rounds.size;
  }

  clone(): VoteKeeper<S> {
    const copy = new VoteKeeper<S>(this.#set);
    copy.#rounds = new Map([...this.#rounds].map(([round, votes]) => [round, votes.clone()]));
    copy.#far = this.#far.map((rounds) => [...rounds]);
    copy.#polkaRounds = [...this.#polkaRounds];
    copy.#commitRounds = [...this.#commitRounds];
    copy.#highestAboveThird = this.#highestAboveThird;
    return copy;
  }

  /** Canonical; equal for keepers that answer every question alike. */
  describe(): string {
    const rounds = [...this.#rounds].sort(([a], [b]) => a - b).map(([round, votes]) => `${round}${votes.describe()}`);
    return `${rounds.join(';')}|${this.#far.map((far) => far.join('.')).join(',')}|${this.#highestAboveThird}`;
  }

  #admit(voter: number, power: bigint, round: number, currentRound: number): Admission {
    const far = this.#far[voter];
    if (far === undefined) return { _tag: 'Full' };
    const admission = admitRound(far, round, currentRound + 1);
    if (admission._tag === 'Displaces') this.#forget(voter, power, admission.round);
    return admission;
  }

  #forget(voter: number, power: bigint, round: number): void {
    const votes = this.#rounds.get(round);
    if (votes === undefined) return;
    votes.forget(voter, power);
    if (votes.isEmpty()) this.#rounds.delete(round);
    this.#polkaRounds = this.#polkaRounds.filter((r) => r !== round || votes.quorumValues('prevote').length > 0);
    this.#commitRounds = this.#commitRounds.filter((r) => r !== round || votes.quorumValues('precommit').length > 0);
  }

  #roundVotes(round: number): RoundVotes<S> {
    const known = this.#rounds.get(round);
    if (known !== undefined) return known;
    const votes = new RoundVotes<S>(this.#set.totalPower);
    this.#rounds.set(round, votes);
    return votes;
  }

  #noteProgress(votes: RoundVotes<S>, round: number, kind: VoteKind): void {
    this.#noteAboveThird(votes, round);
    const majority = votes.tally(kind).majority();
    const certified = majority === undefined || majority === null ? votes.quorumValues(kind).length > 0 : true;
    if (!certified) return;
    const rounds = kind === 'prevote' ? this.#polkaRounds : this.#commitRounds;
    if (rounds.includes(round)) return;
    rounds.push(round);
    rounds.sort((a, b) => a - b);
  }

  #noteAboveThird(votes: RoundVotes<S>, round: number): void {
    if (round > this.#highestAboveThird && votes.isAboveThird()) this.#highestAboveThird = round;
  }
}

/** The strongest new statement that this vote's own value allows; a later round above a third outweighs all. */
const thresholdOf = <S>(votes: RoundVotes<S>, vote: SignedVote<S>['vote'], currentRound: number): Threshold | null => {
  const { kind, round, value } = vote;
  if (round > currentRound && votes.isAboveThird()) return { _tag: 'Skip', round };
  const level = votes.tally(kind).levelOf(value);
  if (level === 'none') return null;
  const prevoting = kind === 'prevote';
  if (level === 'value' && value !== null) {
    const tag = prevoting ? 'PolkaValue' : 'PrecommitValue';
    return votes.raise(tag, value) ? { _tag: tag, round, value } : null;
  }
  const tag = prevoting ? (level === 'value' ? 'PolkaNil' : 'PolkaAny') : 'PrecommitAny';
  return votes.raise(tag) ? { _tag: tag, round } : null;
};
