import { identityOf, schemeOf, taggedHash } from '@zhtp/crypto';
import {
  bytes,
  encode,
  equalBytes,
  identityId,
  PUBLIC_KEY_BYTES_MAX,
  signatureAlgorithmCodec,
  type IdentityId,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { assertInvariant } from './invariant.ts';

/** Most keys of a multi-signature account. */
export const MULTISIG_KEYS_MAX = 16;

/** m of n: so many of these keys must sign, no matter which. The order of the keys is part of the policy. */
export interface MultisigPolicy {
  /** From 1 to the number of keys. */
  readonly threshold: number;
  /** 1 to 16 different keys of the chain's scheme. */
  readonly keys: readonly Uint8Array[];
}

/** What acts for an account. */
export type AccountKey =
  { readonly _tag: 'Single'; readonly key: Uint8Array } | ({ readonly _tag: 'Policy' } & MultisigPolicy);

const codeOf = encode(signatureAlgorithmCodec);

/** threshold u8 ‖ number of keys u8 */
const HEAD_BYTES = 2;

/**
 * An account's key where transactions and the state hold it: a public key of the scheme or, for a policy, threshold (u8) ‖
 * number of keys (u8) ‖ the keys. A policy's length is never that of a key, so the two need no mark.
 */
export const accountKeyCodec = bytes(HEAD_BYTES + MULTISIG_KEYS_MAX * PUBLIC_KEY_BYTES_MAX);

const policyFault = ({ threshold, keys }: MultisigPolicy, keyBytes: number): string | undefined => {
  const count = keys.length;
  if (count < 1 || count > MULTISIG_KEYS_MAX)
    return `a policy of ${String(count)} keys, it must have 1 to ${String(MULTISIG_KEYS_MAX)}`;
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > count)
    return `a threshold of ${String(threshold)}, it must be from 1 to the ${String(count)} keys of the policy`;
  for (const [i, key] of keys.entries()) {
    if (key.length !== keyBytes)
      return `key ${String(i)} of the policy has ${String(key.length)} bytes, the scheme's have ${String(keyBytes)}`;
    if (keys.slice(0, i).some((other) => equalBytes(other, key)))
      return `key ${String(i)} stands twice in the policy: its holder would count twice`;
  }
  return undefined;
};

/** The account key of a policy, or what is wrong with the policy. */
export const multisigKey = (algorithm: SignatureAlgorithm, policy: MultisigPolicy): Either<string, Uint8Array> => {
  const { publicKeyBytes } = schemeOf(algorithm);
  const fault = policyFault(policy, publicKeyBytes);
  if (fault !== undefined) return E.left(fault);
  const { threshold, keys } = policy;
  const key = new Uint8Array(HEAD_BYTES + keys.length * publicKeyBytes);
  key.set([threshold, keys.length]);
  for (const [i, each] of keys.entries()) key.set(each, HEAD_BYTES + i * publicKeyBytes);
  return E.right(key);
};

/** What account key these bytes are under a scheme. The keys of a policy are views of them. */
export const readAccountKey = (algorithm: SignatureAlgorithm, key: Uint8Array): Either<string, AccountKey> => {
  const { publicKeyBytes } = schemeOf(algorithm);
  if (key.length === publicKeyBytes) return E.right({ _tag: 'Single', key });
  const [threshold = 0, count = 0] = key;
  if (count < 1 || count > MULTISIG_KEYS_MAX || key.length !== HEAD_BYTES + count * publicKeyBytes)
    return E.left(
      `${String(key.length)} bytes: neither a key of ${algorithm}, which has ${String(publicKeyBytes)}, nor a policy of 1 to ${String(MULTISIG_KEYS_MAX)} of them`,
    );
  const keys = Array.from({ length: count }, (_, i) => {
    const from = HEAD_BYTES + i * publicKeyBytes;
    return key.subarray(from, from + publicKeyBytes);
  });
  const fault = policyFault({ threshold, keys }, publicKeyBytes);
  return fault === undefined ? E.right({ _tag: 'Policy', threshold, keys }) : E.left(fault);
};

/**
 * The account that a first key founds: `identityOf` of a public key; of a policy the hash of the scheme's code and the policy's
 * bytes under a tag of its own, so that no key is a policy (decisions.md §4).
 */
export const foundedIdentity = (algorithm: SignatureAlgorithm, key: Uint8Array): IdentityId => {
  if (key.length === schemeOf(algorithm).publicKeyBytes) return identityOf(algorithm, key);
  const identity = identityId(taggedHash('zhtp/multisig-identity/v1', codeOf(algorithm), key));
  assertInvariant(E.isRight(identity), 'a hash is no identity');
  return identity.right;
};
