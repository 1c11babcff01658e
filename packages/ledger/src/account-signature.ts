import { schemeOf } from '@zhtp/crypto';
import { lentBytes, option, publicKeyCodec, SIGNATURE_BYTES_MAX, signatureAlgorithmCodec, struct } from '@zhtp/types';
import type { SignatureAlgorithm } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { MULTISIG_KEYS_MAX, readAccountKey } from './account-key.ts';

/** Who signed: bit i of the two bytes (least significant first) is key i of the policy. */
const SIGNERS_BYTES = 2;

/**
 * The signature of a transaction: one signature of the scheme or, under a policy, two bytes that say whose, and the
 * signatures in the order of their keys. Its length is never that of one signature. Decoded, it is a view of the transaction's
 * bytes: most of a transaction is signature, and nobody keeps it.
 */
export const accountSignatureCodec = struct('PostQuantumSignature', {
  algorithm: signatureAlgorithmCodec,
  signature: lentBytes(SIGNERS_BYTES + MULTISIG_KEYS_MAX * SIGNATURE_BYTES_MAX),
  publicKey: option(publicKeyCodec),
});

/** One signature of the scheme out of an account's. */
export interface PartSignature<Signer = number | undefined> {
  /** Index of its key in the policy; undefined in the signature of a single key. */
  readonly signer: Signer;
  readonly signature: Uint8Array;
}

/** Length of the signature that an account with this key signs with; of a single key where none is given. */
export const accountSignatureBytes = (algorithm: SignatureAlgorithm, accountKey?: Uint8Array): number => {
  const { signatureBytes } = schemeOf(algorithm);
  const key = accountKey === undefined ? undefined : O.toUndefined(O.fromEither(readAccountKey(algorithm, accountKey)));
  return key?._tag === 'Policy' ? SIGNERS_BYTES + key.threshold * signatureBytes : signatureBytes;
};

/** Puts parts together, which must be of different signers; any order. */
export const joinParts = (algorithm: SignatureAlgorithm, parts: readonly PartSignature<number>[]): Uint8Array => {
  const { signatureBytes } = schemeOf(algorithm);
  const joined = new Uint8Array(SIGNERS_BYTES + parts.length * signatureBytes);
  const inOrder = [...parts].sort((a, b) => a.signer - b.signer);
  for (const [i, { signer, signature }] of inOrder.entries()) {
    joined[signer >> 3] = (joined[signer >> 3] ?? 0) | (1 << (signer & 7));
    joined.set(signature, SIGNERS_BYTES + i * signatureBytes);
  }
  return joined;
};

const signersOf = ([low = 0, high = 0]: Uint8Array): readonly number[] => {
  const bits = low | (high << 8);
  return Array.from({ length: MULTISIG_KEYS_MAX }, (_, i) => i).filter((i) => ((bits >> i) & 1) === 1);
};

/**
 * The parts of a signature: one that names nobody, or at least one of a policy, exactly one for each signer that it names.
 */
export const splitSignature = (
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Either<string, readonly PartSignature[]> => {
  const { signatureBytes } = schemeOf(algorithm);
  if (signature.length === signatureBytes) return E.right([{ signer: undefined, signature }]);
  const signers = signersOf(signature);
  if (signers.length === 0 || signature.length !== SIGNERS_BYTES + signers.length * signatureBytes)
    return E.left(
      `the signature has ${String(signature.length)} bytes: neither one of ${algorithm}, which has ${String(signatureBytes)}, nor one for each signer of a policy`,
    );
  return E.right(
    signers.map((signer, i) => {
      const from = SIGNERS_BYTES + i * signatureBytes;
      return { signer, signature: signature.subarray(from, from + signatureBytes) };
    }),
  );
};

/** A part with the key that must have made it. */
export interface SignedPart {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Which keys of an account must have made which parts; none where they do not fit. A policy takes exactly as many parts as
 * its threshold says: nobody can lengthen a transaction by signing too.
 */
export const signedParts = (
  algorithm: SignatureAlgorithm,
  accountKey: Uint8Array,
  signature: Uint8Array,
): readonly SignedPart[] => {
  const key = readAccountKey(algorithm, accountKey);
  const parts = splitSignature(algorithm, signature);
  if (E.isLeft(key) || E.isLeft(parts)) return [];
  if (key.right._tag === 'Single') {
    const [part] = parts.right;
    return part === undefined || part.signer !== undefined ? [] : [{ publicKey: accountKey, signature }];
  }
  const { threshold, keys } = key.right;
  const signed: SignedPart[] = [];
  for (const { signer, signature: own } of parts.right) {
    const publicKey = signer === undefined ? undefined : keys[signer];
    if (publicKey === undefined) return [];
    signed.push({ publicKey, signature: own });
  }
  return signed.length === threshold ? signed : [];
};
