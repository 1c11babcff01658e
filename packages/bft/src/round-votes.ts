import type { Certificate } from './certificate.ts';
import { KindTally } from './kind-tally.ts';
import { leastSkip } from './quorum.ts';
import type { SignedVote, ValueId, VoteKind } from './vote.ts';

/** Distinct values per round and kind whose certificates are kept: a third needs more faults than any rule survives. */
const CERTIFIED_VALUES_MAX = 2;

/** What happens at most once in a round, or once for a value. */
type RoundEvent = 'PolkaAny' | 'PolkaNil' | 'PolkaValue' | 'PrecommitAny' | 'PrecommitValue' | 'Against';

const NO_VALUES: readonly ValueId[] = [];

/** Mutable record of one round: both tallies, who was heard at all, and the certificates that came whole. Owned by a `VoteKeeper`. */
export class RoundVotes<S> {
  readonly #total: bigint;
  /** The least power that is more than a third of `#total`. */
  readonly #skip: bigint;
  #prevotes: KindTally<S>;
  #precommits: KindTally<S>;
  #heard = new Set<number>();
  #heardPower = 0n;
  #polkas: Certificate<S>[] = [];
  #commits: Certificate<S>[] = [];
  /** Events already raised, a handful at most: looking through them costs less than a key for each. */
  #raised: { readonly event: RoundEvent; readonly value: ValueId | null }[] = [];

  constructor(total: bigint) {
    this.#total = total;
    this.#skip = leastSkip(total);
    this.#prevotes = new KindTally(total);
    this.#precommits = new KindTally(total);
  }

  tally(kind: VoteKind): KindTally<S> {
    return kind === 'prevote' ? this.#prevotes : this.#precommits;
  }

  /** A validator's power counts once per round for the jump, whatever it sent (line 55). */
  hear(voter: number, power: bigint): void {
    if (this.#heard.has(voter)) return;
    this.#heard.add(voter);
    this.#heardPower += power;
  }

  /** Positions of everybody heard in this round. */
  heard(): ReadonlySet<number> {
    return this.#heard;
  }

  /** Forgets what a validator sent in this round; happens only in rounds beyond the next. */
  forget(voter: number, power: bigint): void {
    this.#prevotes.remove(voter, power);
    this.#precommits.remove(voter, power);
    if (this.#heard.delete(voter)) this.#heardPower -= power;
  }

  isEmpty(): boolean {
    return this.#heard.size === 0 && this.#polkas.length === 0 && this.#commits.length === 0;
  }

  /** More than a third of the power was heard in this round. */
  isAboveThird(): boolean {
    return this.#heardPower >= this.#skip;
  }

  /** True the first time it is asked for this event, of this value where it is about one. */
  raise(event: RoundEvent, value: ValueId | null = null): boolean {
    for (const raised of this.#raised) if (raised.event === event && raised.value === value) return false;
    this.#raised.push({ event, value });
    return true;
  }

  /** Keeps a certificate that was judged as a whole. */
  certify(certificate: Certificate<S>): 'Kept' | 'Known' | 'Full' {
    const kept = certificate.kind === 'polka' ? this.#polkas : this.#commits;
    if (kept.some(({ value }) => value === certificate.value)) return 'Known';
    if (kept.length >= CERTIFIED_VALUES_MAX) return 'Full';
    kept.push(certificate);
    return 'Kept';
  }

  certificate(kind: Certificate<S>['kind'], value: ValueId): Certificate<S> | undefined {
    return (kind === 'polka' ? this.#polkas : this.#commits).find((certificate) => certificate.value === value);
  }

  /** Values with a quorum of this kind, by tally or by certificate. */
  quorumValues(kind: VoteKind): readonly ValueId[] {
    const majority = this.tally(kind).majority();
    const certificates = kind === 'prevote' ? this.#polkas : this.#commits;
    if (certificates.length === 0) return majority === undefined || majority === null ? NO_VALUES : [majority];
    const certified = certificates.map(({ value }) => value);
    if (majority === undefined || majority === null || certified.includes(majority)) return certified;
    return [majority, ...certified];
  }

  /** Every vote counted in this round, prevotes first. */
  votes(): readonly SignedVote<S>[] {
    return [...this.#prevotes.votes(), ...this.#precommits.votes()];
  }

  clone(): RoundVotes<S> {
    const copy = new RoundVotes<S>(this.#total);
    copy.#prevotes = this.#prevotes.clone();
    copy.#precommits = this.#precommits.clone();
    copy.#heard = new Set(this.#heard);
    copy.#heardPower = this.#heardPower;
    copy.#polkas = [...this.#polkas];
    copy.#commits = [...this.#commits];
    copy.#raised = [...this.#raised];
    return copy;
  }

  /** Canonical; raised events are left out because no rule of the core depends on them. */
  describe(): string {
    const heard = [...this.#heard].sort((a, b) => a - b).join('.');
    const certified = (certificates: readonly Certificate<S>[]): string =>
      certificates
        .map(({ value }) => value)
        .sort()
        .join('.');
    return `v[${this.#prevotes.describe()}]c[${this.#precommits.describe()}]h[${heard}]P[${certified(this.#polkas)}]C[${certified(this.#commits)}]`;
  }
}
