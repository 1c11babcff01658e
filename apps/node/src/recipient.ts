import { either as E } from 'fp-ts';
import { identityId, quoted, type IdentityId } from '@zhtp/types';
import { homeAt } from './home.ts';
import { readAccountFile } from './account-file.ts';
import { fail, type Outcome } from './outcome.ts';
import { stat } from 'node:fs/promises';

/** The key file that a path names: itself, or the account key of a home. */
export const keyFileAt = async (path: string): Promise<string> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? homeAt(path).accountKey : path;
};

/** An account on the command line: 64 hex characters, a key file, the file of an account of several keys, or a home. */
export const identityArgument = async (text: string): Outcome<IdentityId> => {
  const identity = identityId(text);
  if (E.isRight(identity)) return identity;
  if (/^(0x)?[0-9a-fA-F]+$/.test(text))
    return fail(
      `${quoted(text)} is no identity: it needs 64 lowercase hex characters and no prefix, this has ${String(text.length)}`,
    );
  const key = await readAccountFile(await keyFileAt(text));
  return E.isLeft(key)
    ? fail(`${quoted(text)} is no identity (64 lowercase hex characters) and no key file: ${key.left.message}`)
    : E.right(key.right.identity);
};
