import { encode, identityId, signatureAlgorithmCodec, type IdentityId, type SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { taggedHash } from './tagged-hash.ts';

const codeOf = encode(signatureAlgorithmCodec);

/**
 * The identity that a first account key founds: SHA-256 under the tag `zhtp/identity/v1` of the algorithm's one-byte code
 * and the key (decisions.md §4). Nobody else can register it; the account's keys may change later, it does not.
 */
export const identityOf = (algorithm: SignatureAlgorithm, firstAccountKey: Uint8Array): IdentityId => {
  const identity = identityId(taggedHash('zhtp/identity/v1', codeOf(algorithm), firstAccountKey));
  if (E.isLeft(identity)) throw new Error(`broken hash function: ${identity.left}`);
  return identity.right;
};
