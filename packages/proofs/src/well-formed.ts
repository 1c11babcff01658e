import {
  encode,
  found,
  hashCodec,
  identityCodec,
  identityError,
  proofVerificationFailed,
  u64,
  U64_MAX,
  cryptoError,
  signatureAlgorithmCodec,
  type Codec,
  type ConsensusError,
  type IdentityId,
  type KeyPair,
} from '@zhtp/types';

/** Why a value is none of its declared type, whatever it is at runtime; undefined when it is one. */
export const malformedAs = <A>(codec: Codec<A>, value: A): ConsensusError | undefined => {
  try {
    encode(codec)(value);
    return undefined;
  } catch (cause) {
    return proofVerificationFailed(cause instanceof Error ? cause.message : `${codec.name} cannot be read`);
  }
};

/** Heights, amounts, times: a bigint that fits 64 bits. */
export const notU64 = (field: string, value: bigint): ConsensusError | undefined =>
  u64.json.is(value)
    ? undefined
    : proofVerificationFailed(`${field} must be a bigint from 0 to ${String(U64_MAX)}, got ${found(value)}`);

export const notHash = (field: string, value: unknown): ConsensusError | undefined =>
  hashCodec.json.is(value)
    ? undefined
    : proofVerificationFailed(`${field} must be 64 lowercase hex characters, got ${found(value)}`);

/** The one malformation that has an error of its own. */
export const notIdentity = (field: string, value: IdentityId): ConsensusError | undefined =>
  identityCodec.json.is(value)
    ? undefined
    : identityError(`${field} must be an identity of 64 lowercase hex characters, got ${found(value)}`);

/** A named argument that is no object at all, as untyped callers pass it. */
export const notObject = (what: string, value: unknown): ConsensusError | undefined =>
  typeof value === 'object' && value !== null
    ? undefined
    : proofVerificationFailed(`${what} must be an object, got ${found(value)}`);

/** A key pair whose scheme is unknown or whose secret is no byte string: a CryptoError. */
export const notKeyPair = (field: string, value: KeyPair): ConsensusError | undefined => {
  const absent = notObject(field, value);
  if (absent !== undefined) return absent;
  if (!signatureAlgorithmCodec.json.is(value.algorithm))
    return cryptoError(`${field}.algorithm must be an ML-DSA parameter set, got ${found(value.algorithm)}`);
  return value.secretKey instanceof Uint8Array
    ? undefined
    : cryptoError(`${field}.secretKey must be the 32-byte seed, got ${found(value.secretKey)}`);
};
