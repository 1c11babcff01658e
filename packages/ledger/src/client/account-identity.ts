import { identityOf } from '@zhtp/crypto';
import type { IdentityId, KeyPair } from '@zhtp/types';

/** The account that a key founds (decisions.md §4). */
export const accountIdentity = ({ algorithm, publicKey }: Pick<KeyPair, 'algorithm' | 'publicKey'>): IdentityId =>
  identityOf(algorithm, publicKey);
