import { TRUST_LEVEL_ONE_THIRD, type TrustLevel } from '@zhtp/bft';
import { mulDivFloor, type CommitCertificate, type Header } from '@zhtp/types';
import type { CertificateError } from './certificate.ts';
import type { SigningContext } from './signature-checks.ts';
import type { SignerSet } from './signer-set.ts';

/**
 * A header that is believed, and the set that decides the next height: all that later blocks are judged by. Sets are made
 * of validators (`makeValidatorSet` of `@zhtp/validators`); one whose hash a stranger states proves nothing.
 */
export interface TrustedState {
  readonly header: Header;
  /** The set whose hash is the header's `nextValidatorsHash`. */
  readonly nextValidators: SignerSet;
}

/** What a light client is shown of a block. Once verified it is a {@link TrustedState} itself. */
export interface LightBlock extends TrustedState {
  /** Of this block: what the next block carries, or what is stored beside the head. */
  readonly certificate: CommitCertificate;
  /** The set whose hash is the header's `validatorsHash`. */
  readonly validators: SignerSet;
}

/** How long and how far a light client trusts. */
export interface LightRules {
  readonly signing: SigningContext;
  /**
   * Milliseconds from a block's time for which its validators can still be punished, and so be believed: two thirds of
   * unbonding ({@link trustingPeriodMs}), or what the chain governs as its trusting period.
   */
  readonly trustingPeriodMs: bigint;
  /** Milliseconds by which a header may be ahead of our clock. */
  readonly clockDriftMs: bigint;
  /** More than this share of a trusted set must have signed what is verified across a gap. */
  readonly trustLevel: TrustLevel;
}

/** How far a header may be ahead of our clock (protocol.md, Light client). */
export const LIGHT_CLOCK_DRIFT_MS = 10_000n;

/** Two thirds of the unbonding period, rounded down: the rest is for evidence to reach the chain (protocol.md, Light client). */
export const trustingPeriodMs = (unbondingMs: bigint): bigint => mulDivFloor(unbondingMs, 2n, 3n);

/** The rules of protocol.md for a chain with this unbonding period; single ones are replaced by spreading. */
export const lightRules = (signing: SigningContext, unbondingMs: bigint): LightRules => ({
  signing,
  trustingPeriodMs: trustingPeriodMs(unbondingMs),
  clockDriftMs: LIGHT_CLOCK_DRIFT_MS,
  trustLevel: TRUST_LEVEL_ONE_THIRD,
});

/** Why a light block is not believed. All but `NotEnoughTrust`, which a block in between may heal, are final for that block. */
export interface LightError {
  readonly _tag:
    | 'WrongChain'
    | 'TrustExpired'
    | 'NotLater'
    | 'FromFuture'
    | 'WrongParent'
    | 'WrongValidators'
    | 'NotEnoughTrust'
    | 'TooManySteps'
    | CertificateError['_tag'];
  readonly message: string;
}

export const lightError = (tag: LightError['_tag'], message: string): LightError => ({
  _tag: tag,
  message: `light block ${message}`,
});
