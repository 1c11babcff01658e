import { stat } from 'node:fs/promises';
import { homeAt } from '../home.ts';
import { fail, type Outcome } from '../outcome.ts';
import { either as E } from 'fp-ts';

/** The file of bytes that a command is about: as given, or that of the home that sends. */
export const storageFileOption = async (file: string | undefined, from: string): Outcome<string> => {
  if (file !== undefined) return E.right(file);
  const isHome = await stat(from).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isHome
    ? E.right(homeAt(from).storage)
    : fail('--file is missing: --from is a key file, not a home, so the bytes must be named');
};
