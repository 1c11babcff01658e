/** Why an input had no effect. Each bound of the core is one of these. */
export type DropReason =
  /** No height was started yet. */
  | 'NotStarted'
  | 'OldHeight'
  /** Above the next height; the engine keeps the claim as a sync hint. */
  | 'FutureHeight'
  /** An answer, timeout or own message of another height or round than the current one. */
  | 'Stale'
  | 'Decided'
  | 'Halted'
  | 'MalformedVote'
  | 'MalformedProposal'
  | 'UnknownVoter'
  | 'NotProposer'
  | 'DuplicateVote'
  | 'DuplicateProposal'
  | 'DuplicateCertificate'
  | 'DuplicateVerdict'
  /** A second, different vote in a slot that already gave evidence. */
  | 'ConflictingVote'
  | 'ConflictingProposal'
  /** Beyond round + 1 and below the two highest rounds of its signer. */
  | 'FarRoundFull'
  /** A certificate that does not stand as a whole. */
  | 'BadCertificate'
  /** A third value with a polka, or a third with a precommit quorum, in one round. */
  | 'CertificatesFull'
  /** More verdicts on values that nobody asked about than are kept. */
  | 'UnaskedVerdicts'
  /** More distinct signers of the next height than are kept. */
  | 'NextHeightVoters'
  /** Buffered for a height that did not come next. */
  | 'NextHeightDiscarded'
  /** A far round made room for a newer one of the same signer. */
  | 'FarRoundDisplaced';

/** Sums since the core was created; they never decide anything and are not part of the fingerprint. */
export type Counters = Readonly<Partial<Record<DropReason, number>>>;

/** Mutable sums, owned by the core's state. */
export class CounterBook {
  #counts = new Map<DropReason, number>();

  count(reason: DropReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  read(): Counters {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  clone(): CounterBook {
    const copy = new CounterBook();
    copy.#counts = new Map(this.#counts);
    return copy;
  }
}
