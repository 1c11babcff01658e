import { stat } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { KeyPair } from '@zhtp/types';
import { homeAt } from '../home.ts';
import { readKeyFile, readPublicKeyFile } from '../key-files.ts';
import type { Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';

const consensusKeyFileAt = async (path: string): Promise<string> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? homeAt(path).consensusKey : path;
};

/** Opens a consensus key, of a file or a home, to prove whose it is. */
export const consensusKeyOption = async (path: string, passphraseFile: string | undefined): Outcome<KeyPair> => {
  const file = await consensusKeyFileAt(path);
  const isKey = await readPublicKeyFile(file);
  if (E.isLeft(isKey)) return isKey;
  const passphrase = await passphraseFor(file, passphraseFile);
  return E.isLeft(passphrase) ? passphrase : readKeyFile(file, passphrase.right);
};
