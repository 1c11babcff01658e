import type { Certificate } from './certificate.ts';
import type { DropReason } from './counters.ts';
import { admitRound } from './far-rounds.ts';
import { isWellFormedProposal, sameProposal, type SignedProposal } from './proposal.ts';
import { isWellFormedVote, sameContent, type SignedVote } from './vote.ts';
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

/** What is not kept, or left to make room for what is, by its round. */
export interface LetGo {
  readonly reason: DropReason;
  readonly round: number;
}

/** Room in a round, and the older one that it took. */
interface Room<S, P> {
  readonly buffer: RoundBuffer<S, P>;
  readonly displaced: LetGo | null;
}

const NOTHING: Buffered<never, never> = { certificates: [], proposals: [], votes: [] };

/**
 * Mutable buffer of verified messages of the next height, bounded per signer like those of the current one
 * (`protocol.md` § The pure core). Each `keep…` answers with what it does not keep any more.
 */
export class NextHeightBuffer<S, P> {
  #signers = new Map<ValidatorId, SignerBuffer<S, P>>();
  /** The first commit certificate and the polka of the highest round. */
  #commit: Certificate<S> | null = null;
  #polka: Certificate<S> | null = null;

  keepVote(signed: SignedVote<S>): LetGo | null {
    const { voter, round, kind } = signed.vote;
    if (!isWellFormedVote(signed.vote)) return { reason: 'MalformedVote', round };
    const room = this.#roomIn(voter, round);
    if (typeof room === 'string') return { reason: room, round };
    const { votes } = room.buffer;
    const slot = votes.filter(({ vote }) => vote.kind === kind);
    if (slot.some(({ vote }) => sameContent(vote, signed.vote))) return { reason: 'DuplicateVote', round };
    if (slot.length >= CONTENTS_PER_SLOT) return { reason: 'ConflictingVote', round };
    votes.push(signed);
    return room.displaced;
  }

  keepProposal(signed: SignedProposal<P>, timely: boolean): LetGo | null {
    const { proposer, round } = signed.proposal;
    if (!isWellFormedProposal(signed.proposal)) return { reason: 'MalformedProposal', round };
    const room = this.#roomIn(proposer, round);
    if (typeof room === 'string') return { reason: room, round };
    const { proposals } = room.buffer;
    if (proposals.some((kept) => sameProposal(kept.proposal.proposal, signed.proposal)))
      return { reason: 'DuplicateProposal', round };
    if (proposals.length >= CONTENTS_PER_SLOT) return { reason: 'ConflictingProposal', round };
    proposals.push({ proposal: signed, timely });
    return room.displaced;
  }

  keepCertificate(certificate: Certificate<S>): LetGo | null {
    const known = certificate.kind === 'commit' ? this.#commit : this.#polka;
    const isKept = known === null || (certificate.kind === 'polka' && certificate.round > known.round);
    if (isKept && certificate.kind === 'commit') this.#commit = certificate;
    if (isKept && certificate.kind === 'polka') this.#polka = certificate;
    const left = isKept ? known : certificate;
    return left === null ? null : { reason: 'DuplicateCertificate', round: left.round };
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

  #roomIn(signer: ValidatorId, round: number): Room<S, P> | DropReason {
    const known = this.#signers.get(signer);
    if (known === undefined && this.#signers.size >= VOTERS_MAX) return 'NextHeightVoters';
    const { far, rounds } = known ?? { far: [], rounds: new Map<number, RoundBuffer<S, P>>() };
    this.#signers.set(signer, { far, rounds });
    const admission = admitRound(far, round, NEAREST_ROUND);
    if (admission._tag === 'Full') return 'FarRoundFull';
    const buffer = rounds.get(round) ?? { votes: [], proposals: [] };
    rounds.set(round, buffer);
    if (admission._tag !== 'Displaces') return { buffer, displaced: null };
    rounds.delete(admission.round);
    return { buffer, displaced: { reason: 'FarRoundDisplaced', round: admission.round } };
  }
}
