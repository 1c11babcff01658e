import { hexToBytes, signatureAlgorithmCodec, type IdentityId, type SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { identityOf } from './identity.ts';
import { malformed, type KeyFileError } from './key-file-format.ts';
import { isPublicKeyOf } from './mldsa/scheme.ts';

/** What a key file shows without its passphrase. */
export interface PublicKeyFile {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  /** The account this key founds (decisions.md §4). */
  readonly identity: IdentityId;
}

const notAKeyFile: Either<KeyFileError, never> = E.left(malformed('algorithm or publicKey is missing or malformed'));

/**
 * The public part of a key file's JSON document, of any version. It is not authenticated: whoever can write the file can
 * put another key there, which `decryptKeyFile` alone finds out.
 */
export const publicPartOfKeyFile = (json: unknown): Either<KeyFileError, PublicKeyFile> => {
  if (typeof json !== 'object' || json === null || !('algorithm' in json) || !('publicKey' in json)) return notAKeyFile;
  const { algorithm, publicKey } = json;
  if (!signatureAlgorithmCodec.json.is(algorithm) || typeof publicKey !== 'string') return notAKeyFile;
  const key = hexToBytes(publicKey);
  return E.isLeft(key) || !isPublicKeyOf(algorithm, key.right)
    ? notAKeyFile
    : E.right({ algorithm, publicKey: key.right, identity: identityOf(algorithm, key.right) });
};
