import { readFile, writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { decryptKeyFile, encryptKeyFile, identityOf, isPublicKeyOf, systemRandom, type ScryptCost } from '@zhtp/crypto';
import {
  hexToBytes,
  signatureAlgorithmCodec,
  type IdentityId,
  type KeyPair,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { parseJson } from './home.ts';
import { attemptFile, fail, failure, type Failure, type Outcome } from './outcome.ts';

/** Secret files are their owner's alone, and never overwritten. */
const SECRET = { mode: 0o600, flag: 'wx' } as const;

export const writeSecretFile = (path: string, contents: string | Uint8Array): Outcome<void> =>
  attemptFile('writing a secret file', path, () => writeFile(path, contents, SECRET));

export const writeKeyFile = (path: string, keyPair: KeyPair, passphrase: string, kdf?: ScryptCost): Outcome<void> => {
  const file = encryptKeyFile({ keyPair, passphrase, random: systemRandom, ...(kdf === undefined ? {} : { kdf }) });
  return writeSecretFile(path, `${JSON.stringify(file, null, 2)}\n`);
};

const readKeyJson = async (path: string): Outcome<unknown> => {
  const source = await attemptFile('reading a key file', path, () => readFile(path, 'utf8'));
  return E.isLeft(source) ? source : parseJson(path, source.right);
};

export const readKeyFile = async (path: string, passphrase: string): Outcome<KeyPair> => {
  const json = await readKeyJson(path);
  if (E.isLeft(json)) return json;
  return E.mapLeft(({ message }: { readonly message: string }) => failure(`${path}: ${message}`))(
    decryptKeyFile(json.right, passphrase),
  );
};

/** What a key file shows without its passphrase. */
export interface PublicKeyFile {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  /** The account this key founds (decisions.md §4). */
  readonly identity: IdentityId;
}

const publicPart = (path: string, json: unknown): Either<Failure, PublicKeyFile> => {
  const refused = fail(`${path} is not a key file: algorithm or publicKey is missing or malformed; name another file`);
  if (typeof json !== 'object' || json === null || !('algorithm' in json) || !('publicKey' in json)) return refused;
  const { algorithm, publicKey } = json;
  if (!signatureAlgorithmCodec.json.is(algorithm) || typeof publicKey !== 'string') return refused;
  const key = hexToBytes(publicKey);
  return E.isLeft(key) || !isPublicKeyOf(algorithm, key.right)
    ? refused
    : E.right({ algorithm, publicKey: key.right, identity: identityOf(algorithm, key.right) });
};

export const readPublicKeyFile = async (path: string): Outcome<PublicKeyFile> => {
  const json = await readKeyJson(path);
  return E.isLeft(json) ? json : publicPart(path, json.right);
};
