import type { Brand } from '@zhtp/types';

/** A share of voting power as an exact fraction. */
export interface PowerShare {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The share of a trusted set that must vouch for a later block: from a third to the whole (protocol.md, Light client). */
export type TrustLevel = Brand<PowerShare, 'TrustLevel'>;

/**
 * Whether a share may be a trust level. Below a third the faulty alone could vouch for a block. At the whole nobody ever
 * suffices, because more than it is asked for: then only neighbouring blocks can be verified.
 */
export const isTrustLevel = (share: PowerShare): share is TrustLevel =>
  share.denominator > 0n && 3n * share.numerator >= share.denominator && share.numerator <= share.denominator;

/** One third: more than it holds at least one correct validator, as `isSkip`. */
export const TRUST_LEVEL_ONE_THIRD = { numerator: 1n, denominator: 3n } as TrustLevel;

/** More than the trust level's share of the power, by products of integers. */
export const isTrusted = (power: bigint, total: bigint, { numerator, denominator }: TrustLevel): boolean =>
  power * denominator > total * numerator;
