import { isQuorum, isTrusted, TRUST_LEVEL_ONE_THIRD, type TrustLevel } from '@zhtp/bft';
import {
  malformedCertificate,
  equalBytes,
  type CommitCertificate,
  type Hash,
  type Header,
  type SignatureCheck,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { certificateError, notEnoughPower, positionsOf, signedPower, type CertificateError } from './certificate.ts';
import { blockIdOf } from './header.ts';
import { precommitSignBytes } from './sign-bytes.ts';
import type { SigningContext } from './signature-checks.ts';
import { memberOf, type SignerSet } from './signer-set.ts';
import type { VerifySignature } from './verify-now.ts';

/** The decision a certificate must be about: height and id of the block, and the set that its header names. */
export interface Decision {
  readonly height: bigint;
  readonly blockId: Hash;
  readonly validatorsHash: Hash;
  /** Only where one round is asked for. */
  readonly round?: number;
}

/** The decision of this header's block. */
export const decisionOf = (header: Header): Decision => ({
  height: header.height,
  blockId: blockIdOf(header),
  validatorsHash: header.validatorsHash,
});

/** A certificate, what it should decide, and the set of its height. */
export interface CommitClaim {
  readonly context: SigningContext;
  readonly set: SignerSet;
  readonly certificate: CommitCertificate;
  readonly decision: Decision;
}

/** What is wrong with a certificate before any signature or power is looked at. */
const mismatch = ({ set, certificate: c, decision }: CommitClaim): CertificateError | undefined => {
  const malformed = malformedCertificate(c);
  if (malformed !== undefined) return certificateError('Malformed', malformed);
  if (c.height !== decision.height)
    return certificateError('WrongHeight', `is for height ${String(c.height)}, not ${String(decision.height)}`);
  if (decision.round !== undefined && c.round !== decision.round)
    return certificateError('WrongRound', `is for round ${String(c.round)}, not ${String(decision.round)}`);
  if (c.blockId !== decision.blockId)
    return certificateError('WrongBlock', `is for block ${c.blockId}, not ${decision.blockId}`);
  if (set.hash !== decision.validatorsHash)
    return certificateError('WrongSet', `header names set ${decision.validatorsHash}, the set at hand is ${set.hash}`);
  return c.setSize === set.validators.length
    ? undefined
    : certificateError(
        'WrongSetSize',
        `is for ${String(c.setSize)} validators, the set has ${String(set.validators.length)}`,
      );
};

/** A signer of the certificate as some set knows it. */
interface Signer {
  readonly publicKey: Uint8Array;
  readonly power: bigint;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

const toCheck = (context: SigningContext, { publicKey, message, signature }: Signer): SignatureCheck => ({
  algorithm: context.algorithm,
  publicKey,
  domain: 'zhtp/vote/v1',
  message,
  signature,
});

/**
 * Signers in identity order with what they signed, key and power from `judge`: the certificate's own set or another. Who
 * has another key there than in the own set signed with one that the judge does not know, which is no signature to it and
 * no forgery either.
 */
const signersJudgedBy = (claim: CommitClaim, judge: SignerSet): readonly Signer[] => {
  const { context, set, certificate } = claim;
  const messageOf = precommitSignBytes(context.genesisHash, certificate);
  const signers: Signer[] = [];
  for (const [i, position] of positionsOf(certificate).entries()) {
    const own = set.validators[position];
    const signature = certificate.signatures[i];
    const judged = own === undefined ? undefined : memberOf(judge, own.identity);
    if (own === undefined || judged === undefined || signature === undefined) continue;
    if (judged !== own && !equalBytes(judged.consensusKey, own.consensusKey)) continue;
    signers.push({
      publicKey: judged.consensusKey,
      power: judged.votingPower,
      signature,
      message: messageOf(judged.identity),
    });
  }
  return signers;
};

/** The fewest signers that pass the threshold: heaviest first, identity order among equals. */
const enough = (signers: readonly Signer[], passes: (power: bigint) => boolean): readonly Signer[] => {
  const heaviestFirst = signers.toSorted((a, b) => (a.power < b.power ? 1 : a.power > b.power ? -1 : 0));
  let power = 0n;
  const taken: Signer[] = [];
  for (const signer of heaviestFirst) {
    if (passes(power)) break;
    taken.push(signer);
    power += signer.power;
  }
  return taken;
};

/** All signers of a certificate that fits the decision and names a quorum. */
const decidingSigners = (claim: CommitClaim): Either<CertificateError, readonly Signer[]> => {
  const wrong = mismatch(claim);
  if (wrong !== undefined) return E.left(wrong);
  const power = signedPower(claim.set, claim.certificate);
  return isQuorum(power, claim.set.totalPower)
    ? E.right(signersJudgedBy(claim, claim.set))
    : E.left(notEnoughPower(power, claim.set.totalPower));
};

/**
 * Every signature of a certificate that fits the decision and names a quorum. For blocks that are voted on or executed:
 * signers earn rewards, so each of them must have signed.
 */
export const commitChecksFull = (claim: CommitClaim): Either<CertificateError, readonly SignatureCheck[]> =>
  pipe(
    decidingSigners(claim),
    E.map((signers) => signers.map((signer) => toCheck(claim.context, signer))),
  );

/** As {@link commitChecksFull}, but no more signatures than show a quorum: for those who follow headers only. */
export const commitChecksLight = (claim: CommitClaim): Either<CertificateError, readonly SignatureCheck[]> =>
  pipe(
    decidingSigners(claim),
    E.map((signers) =>
      enough(signers, (power) => isQuorum(power, claim.set.totalPower)).map((signer) => toCheck(claim.context, signer)),
    ),
  );

/**
 * Signatures by which more than the trust level of a set trusted from before vouches for a later decision (protocol.md,
 * Light client; a third unless said otherwise). Who changed its key since does not count: signatures are judged by the
 * trusted keys. The later set must decide too: this never replaces {@link commitChecksLight}.
 */
export const commitChecksTrusting = (
  claim: CommitClaim,
  trusted: SignerSet,
  level: TrustLevel = TRUST_LEVEL_ONE_THIRD,
): Either<CertificateError, readonly SignatureCheck[]> => {
  const wrong = mismatch(claim);
  if (wrong !== undefined) return E.left(wrong);
  const known = signersJudgedBy(claim, trusted);
  const suffices = (power: bigint): boolean => isTrusted(power, trusted.totalPower, level);
  const power = known.reduce((sum, signer) => sum + signer.power, 0n);
  if (!suffices(power))
    return E.left(
      certificateError(
        'NotEnoughPower',
        `signed by ${String(power)} of ${String(trusted.totalPower)} trusted power, it must be more than ${String(level.numerator)}/${String(level.denominator)}`,
      ),
    );
  return E.right(enough(known, suffices).map((signer) => toCheck(claim.context, signer)));
};

/** Verifies in order and stops at the first that is no signature. */
export const verifyAll =
  (verify: VerifySignature) =>
  (checks: readonly SignatureCheck[]): Either<CertificateError, void> => {
    const bad = checks.findIndex((check) => verify(check) !== 'valid');
    return bad < 0
      ? E.right(undefined)
      : E.left(
          certificateError('InvalidSignature', `signature ${String(bad + 1)} of ${String(checks.length)} is invalid`),
        );
  };

/** {@link commitChecksFull} with the signatures verified here and now. */
export const verifyCommitFull = (claim: CommitClaim, verify: VerifySignature): Either<CertificateError, void> =>
  pipe(commitChecksFull(claim), E.chain(verifyAll(verify)));

/** {@link commitChecksLight} with the signatures verified here and now. */
export const verifyCommitLight = (claim: CommitClaim, verify: VerifySignature): Either<CertificateError, void> =>
  pipe(commitChecksLight(claim), E.chain(verifyAll(verify)));

/** {@link commitChecksTrusting} with the signatures verified here and now. */
export const verifyCommitTrusting = (
  claim: CommitClaim,
  trusted: SignerSet,
  verify: VerifySignature,
  level: TrustLevel = TRUST_LEVEL_ONE_THIRD,
): Either<CertificateError, void> => pipe(commitChecksTrusting(claim, trusted, level), E.chain(verifyAll(verify)));
