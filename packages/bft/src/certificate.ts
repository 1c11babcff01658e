import { isQuorum } from './quorum.ts';
import { isWellFormedVote, type SignedVote, type ValueId, type VoteKind } from './vote.ts';
import type { NumberedSet } from './voting-set.ts';

/** A quorum of votes of one kind, height, round and value: a polka (prevotes) or a commit (precommits). */
export interface Certificate<S> {
  readonly kind: 'polka' | 'commit';
  readonly height: bigint;
  readonly round: number;
  readonly value: ValueId;
  readonly votes: readonly SignedVote<S>[];
}

/** Why a certificate does not stand. */
export type CertificateFault = 'WrongHeight' | 'MixedVotes' | 'UnknownSigner' | 'DuplicateSigner' | 'NoQuorum';

/** The kind of vote a certificate consists of. */
export const voteKindOf = (certificate: Certificate<unknown>): VoteKind =>
  certificate.kind === 'polka' ? 'prevote' : 'precommit';

/**
 * Judges a certificate as a whole (`protocol.md` § The pure core): one height, round and value, distinct signers of the
 * set, 3·power > 2·total. Signatures were verified before. `null` when it stands.
 */
export const certificateFault = (
  certificate: Certificate<unknown>,
  set: NumberedSet,
  height: bigint,
): CertificateFault | null => {
  if (certificate.height !== height) return 'WrongHeight';
  const kind = voteKindOf(certificate);
  const seen = new Set<number>();
  let power = 0n;
  for (const { vote } of certificate.votes) {
    const belongs =
      vote.kind === kind &&
      vote.height === certificate.height &&
      vote.round === certificate.round &&
      vote.value === certificate.value &&
      isWellFormedVote(vote);
    if (!belongs) return 'MixedVotes';
    const signer = set.indexOf(vote.voter);
    const signerPower = set.powers[signer];
    if (signerPower === undefined) return 'UnknownSigner';
    if (seen.has(signer)) return 'DuplicateSigner';
    seen.add(signer);
    power += signerPower;
  }
  return isQuorum(power, set.totalPower) ? null : 'NoQuorum';
};
