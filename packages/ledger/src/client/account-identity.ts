import type { IdentityId, KeyPair } from '@zhtp/types';
import { foundedIdentity } from '../account-key.ts';

/** The account that a key founds, or a policy where `publicKey` is that of `multisigKey` (decisions.md §4). */
export const accountIdentity = ({ algorithm, publicKey }: Pick<KeyPair, 'algorithm' | 'publicKey'>): IdentityId =>
  foundedIdentity(algorithm, publicKey);
