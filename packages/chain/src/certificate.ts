import { isQuorum } from '@zhtp/bft';
import {
  hasSigner,
  ZERO_HASH,
  type CommitCertificate,
  type ConsensusVote,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SignerSet } from './signer-set.ts';

/** Why a certificate was not made or not accepted; `message` names both values. */
export interface CertificateError {
  readonly _tag:
    | 'Malformed'
    | 'WrongHeight'
    | 'WrongRound'
    | 'WrongBlock'
    | 'WrongSet'
    | 'WrongSetSize'
    | 'WrongVote'
    | 'UnknownSigner'
    | 'NotEnoughPower'
    | 'InvalidSignature';
  readonly message: string;
}

export const certificateError = (tag: CertificateError['_tag'], message: string): CertificateError => ({
  _tag: tag,
  message: `certificate: ${message}`,
});

/** What the first block carries for the parent it does not have. */
export const emptyCertificate = (): CommitCertificate => ({
  height: 0n,
  round: 0,
  blockId: ZERO_HASH,
  setSize: 0,
  signers: new Uint8Array(0),
  signatures: [],
});

/** The one precommit a certificate is about; signatures of anything else do not fit into it. */
interface Slot {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: Hash;
}

const isPrecommitOf = (vote: ConsensusVote, slot: Slot): boolean =>
  vote.voteType === 'PreCommit' &&
  O.isSome(vote.proposalId) &&
  vote.proposalId.value === slot.blockId &&
  vote.height === slot.height &&
  vote.round === slot.round;

/** A set's signatures by position. */
type ByPosition = (Uint8Array | undefined)[];

const nobodySigned = ({ validators }: SignerSet): ByPosition => validators.map(() => undefined);

/** Bitmap and signatures in identity order from signatures by position. */
const assemble = (slot: Slot, setSize: number, byPosition: ByPosition): CommitCertificate => {
  const signers = new Uint8Array((setSize + 7) >> 3);
  const signatures: Uint8Array[] = [];
  for (let position = 0; position < setSize; position++) {
    const signature = byPosition[position];
    if (signature === undefined) continue;
    signers[position >> 3] = (signers[position >> 3] ?? 0) | (1 << (position & 7));
    signatures.push(signature);
  }
  return { ...slot, setSize, signers, signatures };
};

/**
 * The certificate of a decision from verified precommits for one block in one round. Extensions are left out. A nil vote
 * or a vote of another slot is refused, not skipped; a second vote of one voter changes nothing.
 */
export const makeCertificate = (
  set: SignerSet,
  votes: readonly ConsensusVote[],
): Either<CertificateError, CommitCertificate> => {
  const [first] = votes;
  if (first === undefined || O.isNone(first.proposalId))
    return E.left(certificateError('WrongVote', 'needs precommits for a block'));
  const slot: Slot = { height: first.height, round: first.round, blockId: first.proposalId.value };
  const byPosition = nobodySigned(set);
  for (const vote of votes) {
    if (!isPrecommitOf(vote, slot))
      return E.left(certificateError('WrongVote', `${describeVote(vote)} is no precommit for ${describeSlot(slot)}`));
    const position = set.indexOf(vote.voter);
    if (position < 0) return E.left(certificateError('UnknownSigner', `${vote.voter} is not in the set of the height`));
    byPosition[position] ??= vote.signature.signature;
  }
  const certificate = assemble(slot, set.validators.length, byPosition);
  const power = signedPower(set, certificate);
  return isQuorum(power, set.totalPower) ? E.right(certificate) : E.left(notEnoughPower(power, set.totalPower));
};

/**
 * The same decision with verified precommits that came after it. What does not belong to the decision (nil, another
 * round or block, a stranger) and who has signed already leave it as it is: then the answer is `certificate` itself.
 */
export const addLatePrecommits = (
  set: SignerSet,
  certificate: CommitCertificate,
  votes: readonly ConsensusVote[],
): CommitCertificate => {
  const { height, round, blockId, setSize } = certificate;
  if (setSize !== set.validators.length) return certificate;
  const slot: Slot = { height, round, blockId };
  const byPosition = nobodySigned(set);
  let isLonger = false;
  for (const vote of votes) {
    const position = isPrecommitOf(vote, slot) ? set.indexOf(vote.voter) : -1;
    if (position < 0 || hasSigner(certificate.signers, position)) continue;
    byPosition[position] ??= vote.signature.signature;
    isLonger = true;
  }
  if (!isLonger) return certificate;
  positionsOf(certificate).forEach((position, i) => {
    byPosition[position] = signatureAt(certificate, i);
  });
  return assemble(slot, setSize, byPosition);
};

/** Positions of the signers, ascending; the i-th of them made the i-th signature. */
export const positionsOf = (certificate: CommitCertificate): readonly number[] => {
  const positions: number[] = [];
  for (let i = 0; i < certificate.setSize; i++) if (hasSigner(certificate.signers, i)) positions.push(i);
  return positions;
};

const signatureAt = (certificate: CommitCertificate, i: number): Uint8Array =>
  certificate.signatures[i] ?? new Uint8Array(0);

/** Who signed, in identity order. Whoever precommitted nil or nothing is not among them (protocol.md, Blocks). */
export const signersOf = (set: SignerSet, certificate: CommitCertificate): readonly IdentityId[] =>
  set.validators.filter((_, i) => hasSigner(certificate.signers, i)).map(({ identity }) => identity);

/** Power of the set that signed. */
export const signedPower = (set: SignerSet, certificate: CommitCertificate): bigint =>
  set.validators.reduce((sum, { votingPower }, i) => (hasSigner(certificate.signers, i) ? sum + votingPower : sum), 0n);

export const notEnoughPower = (power: bigint, total: bigint): CertificateError =>
  certificateError(
    'NotEnoughPower',
    `signed by ${String(power)} of ${String(total)} power, it must be more than two thirds`,
  );

/** True for the certificate of the first block. */
export const isEmptyCertificate = (c: CommitCertificate): boolean =>
  c.height === 0n &&
  c.round === 0 &&
  c.blockId === ZERO_HASH &&
  c.setSize === 0 &&
  c.signers.length === 0 &&
  c.signatures.length === 0;

const describeSlot = ({ height, round, blockId }: Slot): string =>
  `block ${blockId} at height ${String(height)}, round ${String(round)}`;

const describeVote = (vote: ConsensusVote): string =>
  `${vote.voteType} for ${O.isSome(vote.proposalId) ? vote.proposalId.value : 'nil'} at height ${String(vote.height)}, round ${String(vote.round)}`;
