import type { Certificate } from './certificate.ts';
import type { DropReason } from './counters.ts';
import { admitRound } from './far-rounds.ts';
import { sameProposal, type SignedProposal } from './proposal.ts';
import { sameContent, type SignedVote } from './vote.ts';
import type { ValidatorId } from './voting-set.ts';

/** More signers than any set has; who signs for the next height was verified against its set, so this is a second fence. */
const VOTERS_MAX = 1024;

/** Rounds 0 and 1 are near the start of a height. */
const NEAREST_ROUND = 1;

/** The first content of a slot and one that conflicts with it, which will be evidence. */
const CONTENTS_PER_SLOT = 2;

export interface BufferedProposal<P> {
  readonly proposal: SignedProposal<P>;
  readonly timely: boolean;
}

interface RoundBuffer<S, P> {
  readonly votes: SignedVote<S>[];
  readonly proposals: BufferedProposal<P>[];
}

interface SignerBuffer<S, P> {
  readonly far: number[];
  readonly rounds: Map<number, RoundBuffer<S, P>>;
}

/** Everything buffered, in the order in which it is to be fed. */
export interface Buffered<S, P> {
  readonly certificates: readonly Certificate<S>[];
  readonly proposals: readonly BufferedProposal<P>[];
  readonly votes: readonly SignedVote<S>[];
}

const NOTHING: Buffered<never, never> = { certificates: [], proposals: [], votes: [] };

/**
 * Mutable buffer of verified messages of the next height, bounded per signer like those of the current one
 * (`protocol.md` § The pure core). Each `keep…` answers with the reason when it does not keep.
 */
export class NextHeightBuffer<S, P> {
  #signers = new Map<ValidatorId, SignerBuffer<S, P>>();
  /** The first commit certificate and the polka of the highest round. */
  #commit: Certificate<S> | null = null;
  #polka: Certificate<S> | null = null;

  keepVote(signed: SignedVote<S>): DropReason | null {
    const { voter, round, kind } = signed.vote;
    const buffer = this.#roundOf(voter, round);
    if (typeof buffer === 'string') return buffer;
    const slot = buffer.votes.filter(({ vote }) => vote.kind === kind);
    if (slot.some(({ vote }) => sameContent(vote, signed.vote))) return 'DuplicateVote';
    if (slot.length >= CONTENTS_PER_SLOT) return 'ConflictingVote';
    buffer.votes.push(signed);
    return null;
  }

  keepProposal(proposal: SignedProposal<P>, timely: boolean): DropReason | null {
    const { proposer, round } = proposal.proposal;
    const buffer = this.#roundOf(proposer, round);
    if (typeof buffer === 'string') return buffer;
    if (buffer.proposals.some((kept) => sameProposal(kept.proposal.proposal, proposal.proposal)))
      return 'DuplicateProposal';
    if (buffer.proposals.length >= CONTENTS_PER_SLOT) return 'ConflictingProposal';
    buffer.proposals.push({ proposal, timely });
    return null;
  }

  keepCertificate(certificate: Certificate<S>): DropReason | null {
    if (certificate.kind === 'commit') {
      if (this.#commit !== null) return 'DuplicateCertificate';
      this.#commit = certificate;
      return null;
    }
    if (this.#polka !== null && this.#polka.round >= certificate.round) return 'DuplicateCertificate';
    this.#polka = certificate;
    return null;
  }

  hasVote(signed: SignedVote<unknown>): boolean {
    const votes = this.#signers.get(signed.vote.voter)?.rounds.get(signed.vote.round)?.votes ?? [];
    return votes.some(({ vote }) => vote.kind === signed.vote.kind && sameContent(vote, signed.vote));
  }

  hasProposal(signed: SignedProposal<unknown>): boolean {
    const proposals = this.#signers.get(signed.proposal.proposer)?.rounds.get(signed.proposal.round)?.proposals ?? [];
    return proposals.some((kept) => sameProposal(kept.proposal.proposal, signed.proposal));
  }

  /** Empties the buffer. */
  drain(): Buffered<S, P> {
    if (this.#signers.size === 0 && this.#commit === null && this.#polka === null) return NOTHING;
    const rounds = [...this.#signers.values()].flatMap((signer) => [...signer.rounds.values()]);
    const certificates = [this.#commit, this.#polka].filter((certificate) => certificate !== null);
    this.#signers = new Map();
    this.#commit = null;
    this.#polka = null;
    return {
      certificates,
      proposals: rounds.flatMap(({ proposals }) => proposals),
      votes: rounds.flatMap(({ votes }) => votes),
    };
  }

  clone(): NextHeightBuffer<S, P> {
    const copy = new NextHeightBuffer<S, P>();
    for (const [voter, { far, rounds }] of this.#signers) {
      const cloned = new Map<number, RoundBuffer<S, P>>();
      for (const [round, { votes, proposals }] of rounds)
        cloned.set(round, { votes: [...votes], proposals: [...proposals] });
      copy.#signers.set(voter, { far: [...far], rounds: cloned });
    }
    copy.#commit = this.#commit;
    copy.#polka = this.#polka;
    return copy;
  }

  describe(): string {
    const votes = [...this.#signers.values()]
      .flatMap(({ rounds }) => [...rounds.values()].flatMap((round) => round.votes))
      .map(
        ({ vote }) =>
          `${vote.voter}:${vote.round}${vote.kind}${vote.value ?? '-'}/${vote.against ?? '-'}/${vote.polRound ?? '-'}`,
      );
    const proposals = [...this.#signers.values()]
      .flatMap(({ rounds }) => [...rounds.values()].flatMap((round) => round.proposals))
      .map(
        ({ proposal: { proposal }, timely }) =>
          `${proposal.proposer}:${proposal.round}${proposal.value}@${proposal.validRound ?? '-'}${timely ? '' : '?'}`,
      );
    const certificates = [this.#commit, this.#polka].map((kept) => (kept === null ? '' : `${kept.round}${kept.value}`));
    return [...votes, ...proposals, ...certificates].sort().join(',');
  }

  #roundOf(signer: ValidatorId, round: number): RoundBuffer<S, P> | DropReason {
    const known = this.#signers.get(signer);
    if (known === undefined && this.#signers.size >= VOTERS_MAX) return 'NextHeightVoters';
    const buffer = known ?? { far: [], rounds: new Map<number, RoundBuffer<S, P>>() };
    this.#signers.set(signer, buffer);
    const admission = admitRound(buffer.far, round, NEAREST_ROUND);
    if (admission._tag === 'Full') return 'FarRoundFull';
    if (admission._tag === 'Displaces') buffer.rounds.delete(admission.round);
    const kept = buffer.rounds.get(round) ?? { votes: [], proposals: [] };
    buffer.rounds.set(round, kept);
    return kept;
  }
}
