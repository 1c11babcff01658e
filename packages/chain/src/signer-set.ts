import type { FrozenValidator, Hash, IdentityId } from '@zhtp/types';

/**
 * The frozen set of a height as certificates and evidence see it (protocol.md, Blocks): who has which key and power,
 * numbered in identity order. `@zhtp/validators` makes them.
 */
export interface SignerSet {
  /** In identity order, without repetition; positions are the bits of a certificate. */
  readonly validators: readonly FrozenValidator[];
  readonly totalPower: bigint;
  /** What a header calls `validatorsHash`. */
  readonly hash: Hash;
  /** Position of a validator, −1 when it is not in the set. */
  indexOf(identity: IdentityId): number;
}

/** The member with this identity. */
export const memberOf = (set: SignerSet, identity: IdentityId): FrozenValidator | undefined =>
  set.validators[set.indexOf(identity)];
