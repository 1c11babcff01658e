import { readFile, writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import {
  decryptKeyFile,
  encryptKeyFile,
  publicPartOfKeyFile,
  systemRandom,
  type KeyFileError,
  type PublicKeyFile,
  type ScryptCost,
} from '@zhtp/crypto';
import type { KeyPair } from '@zhtp/types';
import { parseJson } from './home.ts';
import { attemptFile, failure, type Outcome } from './outcome.ts';

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

export const readPublicKeyFile = async (path: string): Outcome<PublicKeyFile> => {
  const json = await readKeyJson(path);
  if (E.isLeft(json)) return json;
  return E.mapLeft(({ message }: KeyFileError) => failure(`${path} is not a key file: ${message}`))(
    publicPartOfKeyFile(json.right),
  );
};
